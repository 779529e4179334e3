#if Server
import LovageWorker

extension Operations {
    /// What keeps the worker of this process from starting anything, in one sentence; nil when nothing does.
    var workerTrouble: String? {
        condition?.trouble.map { "\(JobExplainer.sentence($0)); \($0.trouble.remedy)" }
    }

    /// Explains jobs, as the worker of this process is now.
    var jobExplainer: JobExplainer { JobExplainer(store: store, trouble: condition?.trouble) }
}
#endif
