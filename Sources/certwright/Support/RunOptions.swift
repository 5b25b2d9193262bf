import ArgumentParser
import Cryptography
import Logging
import PKI
import Reconciler

/// Flags of every command that signs and publishes.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Say more on standard error: debug, info or notice.", valueName: "level"))
  var logLevel: String?

  @Option(
    help: ArgumentHelp(
      "Allow one run what is otherwise refused, up to a count, as in authorities=1.",
      valueName: "what=count"))
  var allow: [String] = EnvironmentVariable.list("allow")

  @Option(
    help: ArgumentHelp(
      "A file whose first line is the passphrase of the key store.", valueName: "file"))
  var passphraseFile: String?

  @Option(
    help: ArgumentHelp(
      "A folder of executables, each named by the event that it is run for.", valueName: "dir"))
  var hooks: String?

  @OptionGroup var signing: SigningOptions

  @Flag(
    help: "Let a new published branch be born with simulated time, for trying things out with --at."
  )
  var simulatedTime = false

  func validate() throws {
    _ = try Allowances(allow)
    if let name = logLevel ?? EnvironmentVariable.text("log-level"), chosenLogLevel == nil {
      throw ValidationError("--log-level knows no \"\(name)\"; it knows debug, info and notice")
    }
  }

  var isSimulated: Bool { simulatedTime || EnvironmentVariable.isSet("simulated-time") }

  var hookFolder: HookFolder? {
    (hooks ?? EnvironmentVariable.text("hooks")).map(HookFolder.init)
  }

  private var chosenLogLevel: Logger.Level? {
    (logLevel ?? EnvironmentVariable.text("log-level")).flatMap(Logger.Level.init(rawValue:))
  }

  /// A run with these flags.
  func applyRun(
    _ options: Options, isUnattended: Bool, scope: ApplyRun.Scope, reviewed: ReviewedPlan? = nil,
    emergency: Emergency? = nil, progress: ProgressLine?
  ) throws -> ApplyRun {
    ApplyRun(
      options: try signing.signing(options), allowances: try Allowances(allow).counts,
      passphrase: try PassphraseSource.read(file: passphraseFile), isUnattended: isUnattended,
      scope: scope, reviewed: reviewed, emergency: emergency, progress: { progress?.show($0) },
      logger: TerminalLogHandler.logger(chosenLogLevel))
  }
}
