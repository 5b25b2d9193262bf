import ArgumentParser
import PKI
import Reconciler

struct Suspend: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suspend",
    abstract: "Stop new changes, for every run that shares the published branch.",
    discussion: """
      Records the suspension on the published branch. Until resume, apply and reconcile carry out \
      renewals and CRLs alone and exit with 3 when something else waits; revoke goes on working.
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var suspensionOptions: SuspensionOptions

  @Option(help: ArgumentHelp("Why, in one line: everybody will read it.", valueName: "text"))
  var reason: String

  func run() throws {
    try suspensionOptions.run(global, command: "suspend", reason: reason)
  }
}

struct Resume: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Let new changes go on after suspend.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var suspensionOptions: SuspensionOptions

  func run() throws {
    try suspensionOptions.run(global, command: "resume", reason: nil)
  }
}

/// Flags of the commands that only record something on the published branch.
struct SuspensionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A folder of executables, each named by the event that it is run for.", valueName: "dir"))
  var hooks: String?

  @OptionGroup var signing: SigningOptions

  /// - Parameter reason: nil ends the suspension.
  func run(_ global: GlobalOptions, command: String, reason: String?) throws {
    let options = global.options()
    let hooks = (hooks ?? EnvironmentVariable.text("hooks")).map(HookFolder.init)
    let notifier = Notifier(hooks, options, command: command)
    try Run.withRepository(global, options, .writing, failing: notifier.failed) {
      repository, options in
      let options = try signing.signing(options)
      let done = try SuspensionRun(options, by: try Operator.name(in: repository))
        .run(reason: reason, in: repository)
      let word = reason == nil ? "resumed" : "suspended"
      try Terminal.writeResult("\(word) by \(done.record.by); commit \(done.commit)\n")
      notifier.notify(
        reason == nil ? .resumed : .suspended,
        [
          ("by", .string(done.record.by)), ("reason", reason.map { .string($0) }),
          ("commit", .string(done.commit.hex)),
        ])
      if let unpushed = options.upstream?.unpushed { throw unpushed }
    }
  }
}
