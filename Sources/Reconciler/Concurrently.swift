import Dispatch
import Synchronization

/// Two pieces of work that do not need each other, done at the same time where there are two cores.
enum Concurrently {
  private final class Slot<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
  }

  /// Does the first here, which may use what belongs to this thread, and the second beside it;
  /// returns when both are done.
  static func run<First, Second: Sendable, Failure: Error>(
    _ first: () throws(Failure) -> First,
    beside second: @escaping @Sendable () throws(Failure) -> Second
  ) -> (Result<First, Failure>, Result<Second, Failure>) {
    let slot = Slot<Result<Second, Failure>>()
    let group = DispatchGroup()
    DispatchQueue.global().async(group: group) {
      let result = Result { () throws(Failure) in try second() }
      slot.value.withLock { $0 = result }
    }
    let done = Result { () throws(Failure) in try first() }
    group.wait()
    // It has run by now.
    let alsoDone = slot.value.withLock { $0 } ?? Result { () throws(Failure) in try second() }
    return (done, alsoDone)
  }
}
