package import Git

/// What the command line says about other repositories.
package struct RemoteChoice: Sendable {
  /// Where the published branch is pushed to: the name of a remote, an address or a path.
  package var push: String?
  /// The folder of certwright's own clones.
  package var clones: String
  package var client: RemoteClient
  /// The present folder, which paths of the command line are relative to.
  package var folder: String
  /// A number of a range, at random: runs that met once shall not meet again.
  package var random: @Sendable (ClosedRange<Int>) -> Int

  package init(
    push: String?, clones: String, client: RemoteClient, folder: String,
    random: @escaping @Sendable (ClosedRange<Int>) -> Int
  ) {
    self.push = push
    self.clones = clones
    self.client = client
    self.folder = folder
    self.random = random
  }
}
