import Dispatch
import Git
import Synchronization

/// Reads and examines many objects of a repository on every core, behind a call that returns when
/// all is done.
///
/// A handle of libgit2's belongs to one thread, so each stretch opens the repository for itself: a
/// millisecond each.
enum RepositoryWorkers {
  private static let stretches = 8
  /// Fewer elements are done before a second handle is open.
  private static let fewest = 256

  /// What the body makes of every element, in order. The error of the first stretch that failed is
  /// thrown.
  static func map<Element: Sendable, Value: Sendable>(
    _ elements: [Element], in repository: borrowing Repository,
    _ body:
      @Sendable (ArraySlice<Element>, borrowing Repository) throws(ReconcileError) -> [Value]
  ) throws(ReconcileError) -> [Value] {
    guard elements.count >= fewest else { return try body(elements[...], repository) }
    let folder = repository.commonFolder
    let size = (elements.count + stretches - 1) / stretches
    let parts = Mutex([Result<[Value], ReconcileError>?](repeating: nil, count: stretches))
    DispatchQueue.concurrentPerform(iterations: stretches) { index in
      let start = min(index * size, elements.count)
      let stretch = elements[start..<min(start + size, elements.count)]
      let part = Result { () throws(ReconcileError) in
        let own = try git { () throws(GitError) in try Repository(at: folder) }
        return try body(stretch, own)
      }
      parts.withLock { $0[index] = part }
    }
    var joined: [Value] = []
    joined.reserveCapacity(elements.count)
    for part in parts.withLock({ $0 }) {
      if let part { joined += try part.get() }
    }
    return joined
  }

  /// The same for a body that looks at one element and fails as git does.
  static func reading<Element: Sendable, Value: Sendable>(
    _ elements: [Element], in repository: borrowing Repository,
    _ body: @Sendable (Element, borrowing Repository) throws(GitError) -> Value
  ) throws(GitError) -> [Value] {
    do throws(ReconcileError) {
      return try map(elements, in: repository) {
        elements, repository throws(ReconcileError) in
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for element in elements {
          values.append(try git { () throws(GitError) in try body(element, repository) })
        }
        return values
      }
    } catch {
      guard case .git(let error) = error else {
        throw .library(operation: "read many objects", code: -1, reason: error.message)
      }
      throw error
    }
  }
}
