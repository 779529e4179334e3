import LovageAPI
import LovageCore

/// Tokens as a table.
enum TokenTable {
    static func lines(_ tokens: [TokenView], width: Int?, palette: Palette) -> [String] {
        var table = Table([
            .init(title: "name", isFlexible: true), .init(title: "id"), .init(title: "kind"), .init(title: "created"),
            .init(title: "revoked"),
        ])
        for token in tokens {
            table.add([
                .init(token.name.text), .init(token.id.description), .init(token.kind.description),
                .init(Moments.text(token.created)), .init(token.revoked.map(Moments.text) ?? "", .dim),
            ])
        }
        return table.lines(width: width, palette: palette)
    }
}
