import Git
import PKI

extension Repository {
  /// The lock that keeps runs on this host apart.
  func runLock(at now: Timestamp) throws(ReconcileError) -> RunLock {
    let outcome = try git { () throws(GitError) in try lock(at: now) }
    switch consume outcome {
    case .taken(let lock): return lock
    case .held(let by): throw .locked(by: by)
    }
  }
}
