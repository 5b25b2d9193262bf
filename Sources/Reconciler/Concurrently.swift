import Dispatch
import Synchronization

/// Two pieces of work that do not need each other.
enum Concurrently {
  /// Does both, at the same time where there are two cores; returns when both are done.
  static func run<First: Sendable, Second: Sendable, Failure: Error>(
    _ first: () throws(Failure) -> First, _ second: () throws(Failure) -> Second
  ) -> (Result<First, Failure>, Result<Second, Failure>) {
    let results = Mutex<(Result<First, Failure>?, Result<Second, Failure>?)>((nil, nil))
    DispatchQueue.concurrentPerform(iterations: 2) { index in
      if index == 0 {
        let result = Result { () throws(Failure) in try first() }
        results.withLock { $0.0 = result }
      } else {
        let result = Result { () throws(Failure) in try second() }
        results.withLock { $0.1 = result }
      }
    }
    let (done, alsoDone) = results.withLock { $0 }
    // Every iteration has run; doing one here is for the compiler.
    return (
      done ?? Result { () throws(Failure) in try first() },
      alsoDone ?? Result { () throws(Failure) in try second() }
    )
  }
}
