#if Server
import LovageAPI
import LovageCore
import LovageWorker

extension JobExplainer {
    /// A job that a claim would take, if the worker made one.
    static func held(_ job: Job, by spell: MachineCondition.Spell, _ ahead: Int?) -> ExplainView {
        let reason = ReasonView("worker_trouble", sentence(spell), hint: spell.trouble.remedy)
        return ExplainView(
            id: job.id, state: job.state.name, mayRun: false, summary: reason.message, reasons: [reason],
            ahead: ahead)
    }

    /// What keeps the worker from starting anything, and since when.
    static func sentence(_ spell: MachineCondition.Spell) -> String {
        "the worker starts nothing since \(RFC3339.text(spell.since.microseconds)): \(spell.trouble.problem)"
    }
}
#endif
