import ArgumentParser
import PKI
import Reconciler

struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check desired state alone.",
    discussion: """
      Reads every YAML file of the desired-state folder and every request that it names, and reports \
      everything that is wrong, each with file, line and column. Needs no keys and no network.
      """)

  @OptionGroup var global: GlobalOptions

  @Flag(help: "Read the files of the work tree instead of a commit.")
  var worktree = false

  func run() throws {
    let options = global.options()
    try Run.withRepository(global, options) { repository, options in
      let source =
        worktree
        ? try DesiredSource.workTree(path: options.path, in: repository)
        : try DesiredSource.commit(options.revision, path: options.path, in: repository)
      let state = try source.state()
      try Terminal.writeResult("\(state.summary): no findings\n")
    }
  }
}

extension DesiredState {
  /// `2 authorities, 12 identities, 1 trust bundle, 3 proxies, 1 revocation`
  var summary: String {
    [
      Reason.count(authorities.count, "authority"),
      Reason.count(identities.count, "identity"),
      Reason.count(trustBundles.count, "trust bundle"),
      Reason.count(proxies.count, "proxy"),
      Reason.count(revocations.count, "revocation"),
    ].joined(separator: ", ")
  }
}
