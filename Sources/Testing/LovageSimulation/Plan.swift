/// What one seed's world looks like: swarm testing draws which features and faults are on, and how often.
///
/// Most bugs need two or three rare things together; a world with everything on at low rates seldom has them.
public struct Plan: Sendable, Equatable {
    /// Which faults a run is about.
    public enum Profile: String, Sendable, CaseIterable {
        case mixed, network, pause, crash, workflow, overload
    }

    var jobs = 40
    var workflows = 0
    var workers = 2
    var slots = 2
    var leaseMicroseconds: Int64 = 1_000_000
    var dropReply = 0.0
    var dropRequest = 0.0
    var duplicate = 0.0
    var longDelay = 0.0
    var workerCrashes = 0
    var workerPauses = 0
    var serverCrashes = 0
    var serverPauses = 0
    var wallJumps = 0
    var cancels = 0
    var retries = 0
    var queuePauses = 0
    var failure = 0.1
    var snooze = 0.0
    var skip = 0.0
    var poison = 0.0
    var timed = 0.0
    var bounded = false
    var confirmsStarts = true
    var workerStops = 0
    var readAhead = 0
    var specialists = false
    /// Workers report and go on in one call.
    var claimsWithReports = false
    /// How far ahead of their time workers claim jobs.
    var aheadMicroseconds: Int64 = 0
    /// Until when faults happen; afterwards everything must end.
    let faultsEnd: Int64 = 12_000_000
    /// When a world that has not ended is said to be stuck.
    let end: Int64 = 400_000_000

    /// How many jobs may wait in a bounded queue.
    static let capacity = 12

    init(seed: UInt64, profile: Profile) {
        var draw = Seeded(seed, stream: 1)
        func some(_ probability: Double, _ most: Int64) -> Int {
            draw.chance(probability) ? Int(draw.pick(1...most)) : 0
        }
        func rate(_ probability: Double, _ most: Double) -> Double {
            draw.chance(probability) ? most * Double(draw.pick(1...100)) / 100 : 0
        }
        let network = profile == .network ? 0.9 : 0.4
        let pause = profile == .pause ? 0.95 : 0.3
        let crash = profile == .crash ? 0.95 : 0.3
        jobs = Int(draw.pick(profile == .overload ? 60...120 : 15...50))
        workflows = profile == .workflow ? Int(draw.pick(2...5)) : some(0.4, 2)
        workers = Int(draw.pick(1...4))
        slots = Int(draw.pick(1...4))
        leaseMicroseconds = draw.pick([500_000, 1_000_000, 2_000_000])
        dropReply = rate(network, 0.15)
        dropRequest = rate(network, 0.15)
        duplicate = rate(network, 0.15)
        longDelay = rate(network, 0.1)
        workerCrashes = some(crash, 6)
        workerPauses = some(pause, 6)
        serverCrashes = some(crash, 5)
        serverPauses = some(pause, 3)
        wallJumps = some(0.3, 4)
        cancels = some(0.5, 10)
        retries = some(0.5, 10)
        queuePauses = some(0.3, 3)
        failure = rate(0.8, 0.4)
        snooze = rate(0.3, 0.2)
        skip = rate(0.3, 0.2)
        poison = rate(0.3, 0.15)
        timed = rate(0.5, 0.5)
        bounded = profile == .overload ? draw.chance(0.8) : draw.chance(0.2)
        confirmsStarts = draw.chance(0.7)
        workerStops = some(0.3, 4)
        readAhead = some(0.3, 4)
        specialists = draw.chance(0.3)
        claimsWithReports = draw.chance(0.5)
        aheadMicroseconds = draw.pick([0, 5_000, 300_000])
    }
}
