import ArgumentParser
import Cryptography
import Git
import Logging
import PKI
import Reconciler

struct Apply: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Carry out what plan shows.",
    discussion: """
      Plans, shows the plan, asks, and carries it out: makes keys, signs, checks everything with \
      OpenSSL, and commits to the published branch in one step. A second apply finds nothing to do.

      A finding in desired state, or a blocked change, stops everything new; renewals and CRLs that \
      are due are then still made from the desired state last applied.
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var signatures: SignatureOptions

  @Argument(help: ArgumentHelp("A plan that was saved with plan --out.", valueName: "plan"))
  var plan: String?

  @Option(
    help: ArgumentHelp("Carry out only a plan with this digest.", valueName: "sha256:..."))
  var expectDigest: String?

  @Option(help: ArgumentHelp("How old a saved plan may be.", valueName: "lifetime"))
  var maxAge = EnvironmentVariable.text("max-age") ?? "7d"

  @Option(
    help: ArgumentHelp(
      "Say more on standard error: debug, info or notice.", valueName: "level"))
  var logLevel: String?

  @Flag(help: "Do not ask.")
  var autoApprove = false

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
      "Sign published commits with this private key, as git signs with SSH keys.",
      valueName: "file"))
  var signingKey: String?

  @Flag(
    help: "Let a new published branch be born with simulated time, for trying things out with --at."
  )
  var simulatedTime = false

  func validate() throws {
    _ = try Allowances(allow)
    guard Lifetime(maxAge) != nil else {
      throw ValidationError("--max-age \"\(maxAge)\" is not a number and a unit such as 7d")
    }
    if let name = logLevel ?? EnvironmentVariable.text("log-level"), chosenLogLevel == nil {
      throw ValidationError("--log-level knows no \"\(name)\"; it knows debug, info and notice")
    }
    guard plan == nil || chosenDigest == nil else {
      throw ValidationError("a saved plan and --expect-digest exclude each other")
    }
  }

  func run() throws {
    var options = global.options(
      isSimulated: simulatedTime || EnvironmentVariable.isSet("simulated-time"))
    let isUnattended = autoApprove || EnvironmentVariable.isSet("auto-approve")
    let allowances = try Allowances(allow)
    try Run.withRepository(options) { repository in
      options.signers = try signatures.requirement(for: repository)
      options.signingKey = try chosenSigningKey()
      let line = ProgressLine.observer(isWanted: !global.noColor)
      let application = ApplyRun(
        options: options, allowances: allowances.counts,
        passphrase: try PassphraseSource.read(file: passphraseFile),
        isUnattended: isUnattended && !isReviewed,
        reviewed: try reviewed(),
        progress: { line?.show($0) }, logger: TerminalLogHandler.logger(chosenLogLevel))
      let approval = Approval(
        isAutomatic: isUnattended || isReviewed, isColored: global.isResultColored)
      let result = try application.run(in: repository) { planning in
        try approval.ask(planning.plan)
      }
      line?.finish()
      try report(result)
    }
  }

  private var chosenLogLevel: Logger.Level? {
    (logLevel ?? EnvironmentVariable.text("log-level")).flatMap(Logger.Level.init(rawValue:))
  }

  private func chosenSigningKey() throws(ReconcileError) -> SSHSigningKey? {
    guard let path = signingKey ?? EnvironmentVariable.text("signing-key") else { return nil }
    do throws(KeyStoreError) {
      return try SSHSigningKey.file(path)
    } catch {
      throw .keys(error)
    }
  }

  private var chosenDigest: String? { expectDigest ?? EnvironmentVariable.text("expect-digest") }
  private var isReviewed: Bool { plan != nil || chosenDigest != nil }

  private func reviewed() throws -> ReviewedPlan? {
    if let plan {
      return ReviewedPlan(
        document: try PlanFile.read(plan), maxAge: Lifetime(maxAge) ?? .days(7))
    }
    return chosenDigest.map { ReviewedPlan(digest: $0) }
  }

  private func report(_ result: ApplyRun.Result) throws {
    switch result.outcome {
    case .nothingToDo: try Terminal.writeResult("nothing to do\n")
    case .alreadyApplied:
      try Terminal.writeResult("nothing to do: everything in this plan has been applied\n")
    case .declined: throw ExitStatus.error
    case .applied(let outcome):
      try Terminal.writeResult(
        "applied: \(CommitMessage.summary(of: outcome.record.plan)); commit \(outcome.commit)\n")
    }
    if let error = result.pending { throw Run.report(error) }
  }
}
