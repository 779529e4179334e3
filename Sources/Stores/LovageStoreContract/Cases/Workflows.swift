import LovageCore
import LovageStore
import LovageWorkflow

extension StoreContract {
    static let workflows: [StoreContract] = []
    static let workflowChanges: [StoreContract] = []
}
