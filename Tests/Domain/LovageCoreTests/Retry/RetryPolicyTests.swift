import LovageCore
import Testing

struct RetryPolicyTests {
    private func delays(_ backoff: Backoff, _ count: Int, entropy: UInt64 = 0) -> [Duration?] {
        let policy = RetryPolicy(retries: count, backoff: backoff)
        return (1...count + 1).map { policy.delay(afterFailure: $0, errorKind: nil, entropy: entropy) }
    }

    @Test func `two retries allow three failed attempts`() {
        #expect(delays(.fixed(.seconds(5)), 2) == [.seconds(5), .seconds(5), nil])
        #expect(RetryPolicy.none.delay(afterFailure: 1, errorKind: nil, entropy: 0) == nil)
        #expect(RetryPolicy(retries: -4).retries == 0)
    }

    @Test func `a list gives one wait a retry, and its last one from then on`() {
        #expect(
            delays(.list([.seconds(1), .seconds(7)]), 4) == [.seconds(1), .seconds(7), .seconds(7), .seconds(7), nil])
        #expect(delays(.list([]), 1) == [.zero, nil])
        #expect(delays(.list([.seconds(-5)]), 1) == [.zero, nil])
        #expect(delays(.fixed(.seconds(-5)), 1) == [.zero, nil])
    }

    @Test func `an exponential wait doubles up to its cap`() {
        let backoff = Backoff.exponential(base: .seconds(1), cap: .seconds(10), jitter: false)
        #expect(
            delays(backoff, 6).dropLast() == [
                .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(10), .seconds(10),
            ])
    }

    @Test func `a wait never overflows, however many retries and however long the cap`() {
        let backoff = Backoff.exponential(base: .seconds(3_600), cap: .microseconds(Int64.max), jitter: false)
        let policy = RetryPolicy(retries: .max, backoff: backoff)
        var last = Duration.zero
        for failure in [1, 2, 10, 30, 39, 40, 41, 63, 64, 1_000_000, Int.max] {
            let wait = policy.delay(afterFailure: failure, errorKind: nil, entropy: .max) ?? .zero
            #expect(wait >= last)
            last = wait
        }
        #expect(last == .microseconds(Int64.max))
    }

    @Test func `a rule for one kind of failure replaces the policy for it, and no other`() {
        let policy = RetryPolicy(
            retries: 1, backoff: .fixed(.seconds(1)),
            rules: ["fatal": .never, "slow": .retry(retries: 3, backoff: .fixed(.seconds(60)))])
        #expect(policy.delay(afterFailure: 1, errorKind: "fatal", entropy: 0) == nil)
        #expect(policy.delay(afterFailure: 3, errorKind: "slow", entropy: 0) == .seconds(60))
        #expect(policy.delay(afterFailure: 4, errorKind: "slow", entropy: 0) == nil)
        #expect(policy.delay(afterFailure: 1, errorKind: "other", entropy: 0) == .seconds(1))
        #expect(policy.delay(afterFailure: 2, errorKind: "other", entropy: 0) == nil)
    }

    @Test func `with jitter every wait lies between nothing and what it would be without`() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<5_000 {
            let base = Duration.microseconds(Int64.random(in: 0...10_000_000, using: &random))
            let cap = Duration.microseconds(Int64.random(in: 0...100_000_000, using: &random))
            let failure = Int.random(in: 1...80, using: &random)
            func wait(_ jitter: Bool, _ entropy: UInt64) -> Duration {
                RetryPolicy(retries: 80, backoff: .exponential(base: base, cap: cap, jitter: jitter))
                    .delay(afterFailure: failure, errorKind: nil, entropy: entropy) ?? .seconds(-1)
            }
            let whole = wait(false, 0)
            #expect(whole <= cap)
            #expect((.zero...whole).contains(wait(true, random.next())))
            #expect(wait(true, 0) == .zero)
            #expect(wait(true, .max) == whole)
        }
    }

    @Test func `jitter covers its range evenly`() {
        var random = SplitMix64(seed: 11)
        let policy = RetryPolicy(
            retries: 1, backoff: .exponential(base: .seconds(10), cap: .seconds(10), jitter: true))
        var counts = [Int](repeating: 0, count: 10)
        for _ in 0..<10_000 {
            let wait = policy.delay(afterFailure: 1, errorKind: nil, entropy: random.next()) ?? .zero
            counts[min(9, Int(wait.wholeMicroseconds / 1_000_000))] += 1
        }
        #expect(counts.allSatisfy { (850...1_150).contains($0) }, "\(counts)")
    }
}
