import LovageAPI
import LovageCore

/// Tokens as a table.
enum TokenTable {
    static func lines(_ tokens: [TokenView], width: Int?, palette: Palette, moments: Moments) -> [String] {
        var table = Table([
            .init(title: "name", isFlexible: true, importance: 9), .init(title: "id", importance: 8),
            .init(title: "kind", importance: 5), .init(title: "created", importance: 6),
            .init(title: "revoked", importance: 7),
        ])
        for token in tokens {
            table.add([
                .init(token.name.text), .init(token.id.description), .init(token.kind.description),
                .init(moments.text(token.created)), .init(token.revoked.map(moments.text) ?? "", .dim),
            ])
        }
        return table.lines(width: width, palette: palette)
    }
}
