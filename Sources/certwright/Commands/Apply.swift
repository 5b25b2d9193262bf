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
  @OptionGroup var runOptions: RunOptions
  @OptionGroup var signatures: SignatureOptions

  @Argument(help: ArgumentHelp("A plan that was saved with plan --out.", valueName: "plan"))
  var plan: String?

  @Option(
    help: ArgumentHelp("Carry out only a plan with this digest.", valueName: "sha256:..."))
  var expectDigest: String?

  @Option(help: ArgumentHelp("How old a saved plan may be.", valueName: "lifetime"))
  var maxAge = EnvironmentVariable.text("max-age") ?? "7d"

  @Flag(help: "Do not ask.")
  var autoApprove = false

  func validate() throws {
    guard Lifetime(maxAge) != nil else {
      throw ValidationError("--max-age \"\(maxAge)\" is not a number and a unit such as 7d")
    }
    if let digest = chosenDigest, digest.wholeMatch(of: /sha256:[0-9a-f]{64}/) == nil {
      throw ValidationError("--expect-digest \"\(digest)\" is not of the form sha256:...")
    }
    guard plan == nil || chosenDigest == nil else {
      throw ValidationError("a saved plan and --expect-digest exclude each other")
    }
  }

  func run() throws {
    let options = global.options(isSimulated: runOptions.isSimulated)
    let isUnattended = autoApprove || EnvironmentVariable.isSet("auto-approve")
    let notifier = Notifier(runOptions.hookFolder, options, command: "apply")
    try Run.withRepository(global, options, .writing, failing: notifier.failed) {
      repository, options in
      let options = try signatures.demanding(options, for: repository)
      let line = ProgressLine.observer(isWanted: !global.noColor)
      let application = try runOptions.applyRun(
        options, isUnattended: isUnattended && !isReviewed, scope: .everything,
        reviewed: try reviewed(), progress: line)
      let approval = Approval(
        isAutomatic: isUnattended || isReviewed, isColored: global.isResultColored)
      let result = try application.run(in: repository) { planning in
        try approval.ask(planning.plan)
      }
      line?.finish()
      try RunResult(result).report(notifier)
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
}
