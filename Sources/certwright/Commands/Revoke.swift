import ArgumentParser
import PKI
import Reconciler

struct Revoke: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Revoke at once, in an emergency, and leave the review for later.",
    discussion: """
      Writes a Revocation document to a new branch of the desired repository, on top of the commit \
      last applied, shows the plan, asks, and applies it: nothing else that was merged since comes \
      with it. The published commit says EMERGENCY. Merge the branch afterwards: until then new \
      changes are blocked, because they would undo the revocation.
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var runOptions: RunOptions

  @Argument(
    help: ArgumentHelp(
      "The name of an identity or authority, or the serial number of one certificate in hexadecimal.",
      valueName: "identity|serial"))
  var target: String

  @Option(help: "Why (RFC 5280 section 5.3.1), as in keyCompromise.")
  var reason: String

  @Flag(
    help: "Issue the identity anew, with a new key: what it has now is revoked, it does not end.")
  var replace = false

  @Option(
    help: ArgumentHelp(
      "The folder of desired state for the document. (default: beside the identity's)",
      valueName: "folder"))
  var folder: String?

  @Flag(help: "Do not ask.")
  var autoApprove = false

  func validate() throws {
    guard RevocationReason(rawValue: reason) != nil else {
      let known = RevocationReason.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--reason knows no \"\(reason)\"; it knows \(known)")
    }
  }

  func run() throws {
    let options = global.options(isSimulated: runOptions.isSimulated)
    let notifier = Notifier(runOptions.hookFolder, options, command: "revoke")
    try Run.withRepository(global, options, .urgent, failing: notifier.failed) {
      repository, options in
      let emergency = EmergencyRevocation(
        options, target: target, reason: RevocationReason(rawValue: reason) ?? .unspecified,
        isReplacing: replace, folder: folder)
      let prepared = try emergency.prepare(in: repository)
      var chosen = options
      chosen.revision = prepared.emergency.commit.hex
      chosen.publishedBranch = prepared.publishedBranch
      let line = ProgressLine.observer(isWanted: !global.noColor)
      let application = try runOptions.applyRun(
        chosen, isUnattended: isAutomatic, scope: .emergency, emergency: prepared.emergency,
        progress: line)
      let approval = Approval(
        isAutomatic: isAutomatic, isColored: global.isResultColored)
      let result = try application.run(in: repository) { planning in
        guard try approval.ask(planning.plan) else { return false }
        try emergency.createBranch(prepared, in: repository)
        return true
      }
      line?.finish()
      guard case .applied = result.outcome else { return try RunResult(result).report(notifier) }
      try report(prepared, options, notifier)
      let hindrance = emergency.pushBranch(prepared, in: repository)
      if let hindrance, result.unpushed != nil { _ = Run.report(hindrance) }
      try RunResult(result).report(notifier)
      if let hindrance { throw hindrance }
    }
  }

  private var isAutomatic: Bool { autoApprove || EnvironmentVariable.isSet("auto-approve") }

  private func report(
    _ prepared: EmergencyRevocation.Prepared, _ options: Options, _ notifier: Notifier
  ) throws {
    let branch = prepared.emergency.branch
    notifier.notify(
      .revoked,
      [
        ("target", .string(target)), ("reason", .string(reason)),
        ("by", .string(prepared.emergency.by)), ("desired_branch", .string(branch)),
        ("desired_commit", .string(prepared.emergency.commit.hex)),
        ("file", .string(prepared.path)),
      ])
    try Terminal.writeResult(
      """
      revoked: \(prepared.path) is on the branch \(branch)
      open a pull request from it: until it is merged, every other change is blocked

      """)
  }
}
