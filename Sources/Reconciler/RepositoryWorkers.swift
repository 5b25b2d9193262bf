import Git
import Parallel

/// Reads and examines many objects of a repository on every core, behind a call that returns when
/// all is done.
///
/// A handle of libgit2's belongs to one thread, so each worker opens the repository for itself.
enum RepositoryWorkers {
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
    return try Workers.map(
      elements.count,
      each: { () throws(ReconcileError) in
        try git { () throws(GitError) in try Repository(at: folder) }
      },
      { own, range throws(ReconcileError) in try body(elements[range], own) })
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
