import LovageCore
import Testing

@Suite struct FailureTests {
    @Test(arguments: [
        ("exit 4", "exit code 4: no file", "exit code 4: no file"), ("signal 9", "signal 9 (KILL)", "signal 9 (KILL)"),
        ("exit 4", "no file", "exit 4: no file"), ("NotFound", "no file", "NotFound: no file"),
        ("result", "half of it", "result: half of it"), ("timeout", "timeout", "timeout"),
    ])
    func `for people a failure says its kind once`(_ kind: String, _ message: String, _ sentence: String) {
        #expect(Failure(kind: kind, message: message).sentence == sentence)
    }
}
