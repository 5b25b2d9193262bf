extension Repository {
  /// Looks again at what is on disk, after another process wrote objects.
  package func refresh() throws(GitError) { try objects.refresh() }
}
