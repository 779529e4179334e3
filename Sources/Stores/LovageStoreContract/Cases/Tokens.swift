import LovageCore
import LovageStore

extension StoreContract {
    private static func draft(_ name: String, _ number: UInt8 = 0) -> TokenDraft {
        let text = TokenText(.admin, random: [UInt8](repeating: number, count: TokenText.randomBytes))
        return TokenDraft(
            id: text.id, name: TokenName(trusted: name), kind: .admin,
            digest: TokenDigest([UInt8](repeating: number, count: 32)))
    }

    static let tokens = [
        StoreContract("a token is kept as it was given, with the time it was made") { bench in
            let laptop = draft("laptop", 1)
            let record = TokenRecord(laptop, created: bench.now.store)
            try expect(try await bench.store.insert(laptop), is: .created(record), "the answer")
            bench.clock.advance(by: .seconds(1))
            try expect(try await bench.store.token(laptop.id), is: record, "the token")
            try expect(try await bench.store.token(draft("x", 2).id), is: nil, "one that nobody made")
            let later = draft("robot", 0)
            _ = try await bench.store.insert(later)
            try expect(try await bench.store.tokens().map(\.draft), is: [laptop, later], "all of them, oldest first")
        },
        StoreContract("a revoked token stays revoked from the first time on, and frees its name") { bench in
            let first = draft("laptop", 1)
            _ = try await bench.store.insert(first)
            let record = TokenRecord(first, created: bench.now.store)
            let namesake = draft("laptop", 2)
            try expect(try await bench.store.insert(namesake), is: .nameTaken(record), "another of the name")
            try expect(try await bench.store.insert(draft("other", 1)), is: .idTaken, "another of the id")
            bench.clock.advance(by: .seconds(1))
            let revoked = TokenRecord(first, created: record.created, revoked: bench.now.store)
            try expect(try await bench.store.revokeToken(first.id), is: revoked, "the revoked one")
            bench.clock.advance(by: .seconds(1))
            try expect(try await bench.store.revokeToken(first.id), is: revoked, "revoked once more")
            try expect(try await bench.store.token(first.id), is: revoked, "what is kept")
            let again = TokenRecord(namesake, created: bench.now.store)
            try expect(try await bench.store.insert(namesake), is: .created(again), "another of the name, now")
            try expect(try await bench.store.revokeToken(draft("x", 9).id), is: nil, "one that nobody made")
        },
        StoreContract("the number of tokens is bounded, and the one revoked first makes room") { bench in
            for number in 0..<TokenRecord.most {
                _ = try await bench.store.insert(draft("t\(number)", UInt8(number)))
            }
            let one = draft("one", UInt8(TokenRecord.most))
            try expect(try await bench.store.insert(one), is: .full, "one too many")
            for number in [7, 3] as [UInt8] {
                bench.clock.advance(by: .seconds(1))
                _ = try await bench.store.revokeToken(draft("", number).id)
            }
            let record = TokenRecord(one, created: bench.now.store)
            try expect(try await bench.store.insert(one), is: .created(record), "one for the one revoked first")
            try expect(try await bench.store.token(draft("", 7).id), is: nil, "the one revoked first")
            try expect(try await bench.store.tokens().count, is: TokenRecord.most, "how many are kept")
        },
    ]
}
