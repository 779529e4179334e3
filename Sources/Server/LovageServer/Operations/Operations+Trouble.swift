#if Server
import LovageAPI
import LovageCore
import LovageWorker

extension Operations {
    /// What keeps the worker of this process from starting anything, in one sentence; nil when nothing does.
    var workerTrouble: String? {
        condition?.trouble.map { "\(Self.sentence($0)); \($0.trouble.remedy)" }
    }

    /// An explanation as it is while the worker starts nothing: what may run is not run.
    func amended(_ view: ExplainView) -> ExplainView {
        guard view.mayRun, let spell = condition?.trouble else { return view }
        let reason = ReasonView("worker_trouble", Self.sentence(spell), hint: spell.trouble.remedy)
        return ExplainView(
            id: view.id, state: view.state, mayRun: false, summary: reason.message, reasons: view.reasons + [reason],
            ahead: view.ahead, aheadIsBound: view.aheadIsBound)
    }

    private static func sentence(_ spell: MachineCondition.Spell) -> String {
        "the worker starts nothing since \(RFC3339.text(spell.since.microseconds)): \(spell.trouble.problem)"
    }
}
#endif
