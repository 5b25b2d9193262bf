import PKI

extension PublishedTree {
  /// ``render()`` with its errors in the reconciler's words.
  func files() throws(ReconcileError) -> [String: TreeContent] {
    do throws(ProxyViewError) {
      return try render()
    } catch {
      throw .checkFailed(subject: "a proxy's bundle", reason: error.description)
    }
  }
}
