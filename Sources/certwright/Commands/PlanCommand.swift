import ArgumentParser
import PKI
import Reconciler

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what apply would do.",
    discussion: """
      Compares desired state with what is published and shows every certificate, revocation, CRL and \
      bundle that would change, with all reasons. Needs no keys and no network, and writes nothing.

      Lines begin with a sign: + issue, ^ renew, -/+ replace, - revoke, . retire, > rename, \
      < import, ~ publish, ! blocked.
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var signatures: SignatureOptions

  @Option(help: "How to show it.")
  var format = EnvironmentVariable.text("format").flatMap(PlanFormat.init(rawValue:)) ?? .text

  @Option(help: ArgumentHelp("Save the plan for review and apply.", valueName: "file"))
  var out: String?

  @Option(
    help: ArgumentHelp(
      "Plan as if apply were allowed this, up to a count, as in revocations=37.",
      valueName: "what=count"))
  var allow: [String] = EnvironmentVariable.list("allow")

  @Flag(help: "Exit with 2 when there are changes.")
  var detailedExitcode = false

  @Flag(help: "Read the files of the work tree instead of a commit.")
  var worktree = false

  func validate() throws {
    _ = try Allowances(allow)
    try EnvironmentVariable.require(PlanFormat.self, "format")
  }

  func run() throws {
    let options = global.options()
    try Run.withRepository(global, options) { repository, options in
      let options = try signatures.demanding(options, for: repository)
      let run = PlanningRun(options, allowances: try Allowances(allow).counts)
      let plan = try run.review(fromWorkTree: worktree, in: repository)
      let document = plan.document
      if let out { try PlanFile.write(document, to: out) }
      try Terminal.writeResult(format.render(document, isColored: global.isResultColored))
      try exit(plan)
    }
  }

  private func exit(_ plan: Plan) throws {
    if plan.blocked.contains(where: \.isRefusal) { throw ExitStatus.refused }
    if !plan.mayProceed { throw ExitStatus.error }
    let isDetailed = detailedExitcode || EnvironmentVariable.isSet("detailed-exitcode")
    if isDetailed, !plan.isEmpty { throw ExitStatus.attention }
  }
}
