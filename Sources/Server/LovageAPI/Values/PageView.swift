package import LovageCore
package import LovageStore

/// One page of a listing.
package struct PageView<Item: APIObject>: APIObject {
    /// The items in the listing's order, newest first.
    package let items: [Item]
    /// What to give as `after` for the next page; nil when this is the last.
    package let next: String?

    /// Makes a page.
    package init(items: [Item], next: String? = nil) {
        self.items = items
        self.next = next
    }

    /// Shows a store's page.
    package init<Value>(_ page: Page<Value>, _ view: (Value) -> Item) {
        self.init(items: page.items.map(view), next: page.next?.description)
    }

    package static var schema: ObjectSchema {
        ObjectSchema(
            "\(Item.schema.name)Page", "One page of a listing.",
            [
                .always("items", .list(.object(Item.schema)), "The items."),
                .nullable("next", .text(), "What to give as `after` for the next page; null when this is the last."),
            ])
    }

    package init(reading reader: FieldReader) throws(ProblemView) {
        items = try reader.required("items", reader.objects("items"))
        next = try reader.text("next")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("items", objects: items)
        writer.member("next", next)
    }
}
