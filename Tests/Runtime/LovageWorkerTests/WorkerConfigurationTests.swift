import LovageCore
import LovageWorker
import Testing

struct WorkerConfigurationTests {
    @Test func `the defaults are right, and so are the ends of every range`() {
        #expect(WorkerConfiguration().problems == [])
        for claimAhead in [Duration.zero, .seconds(1)] {
            #expect(WorkerConfiguration(claimAhead: claimAhead).problems == [])
        }
        #expect(WorkerConfiguration(slots: 1, lease: .seconds(20)).problems == [])
        #expect(WorkerConfiguration(slots: 10_000).problems == [])
    }

    @Test func `each problem names the field, the value and what to use`() {
        let wrong: [(WorkerConfiguration, String)] = [
            (WorkerConfiguration(slots: 0), "slots is 0: use 1 to 10000"),
            (WorkerConfiguration(slots: 10_001), "slots is 10001: use 1 to 10000"),
            (WorkerConfiguration(queues: .strict([])), "queues is empty: name at least one"),
            (WorkerConfiguration(heartbeat: .zero), "heartbeat is 0.0 seconds: use more than zero"),
            (
                WorkerConfiguration(lease: .seconds(19)),
                "heartbeat is 10.0 seconds for a lease of 19.0 seconds: use at most half of it"
            ),
            (
                WorkerConfiguration(stopMargin: .seconds(30)),
                "stopMargin is 30.0 seconds: use less than the lease, 30.0 seconds"
            ),
            (WorkerConfiguration(claimAhead: .seconds(-1)), "claimAhead is -1.0 seconds: use zero to 1 s"),
            (WorkerConfiguration(claimAhead: .seconds(2)), "claimAhead is 2.0 seconds: use zero to 1 s"),
        ]
        for (configuration, problem) in wrong { #expect(configuration.problems == [problem]) }
    }
}
