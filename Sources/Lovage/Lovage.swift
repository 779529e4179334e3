// What users import: `import Lovage` brings the job types, the client, the worker and the stores. No logic here.

@_exported public import LovageClient
@_exported public import LovageCore
@_exported public import LovageMaintenance
@_exported public import LovageMemoryStore
@_exported public import LovageStore
@_exported public import LovageWorker
@_exported public import LovageWorkflow

#if SQLite
@_exported public import LovageSQLiteStore
#endif
