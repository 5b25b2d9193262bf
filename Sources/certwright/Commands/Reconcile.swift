import ArgumentParser
import PKI
import Reconciler

struct Reconcile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile",
    abstract: "Keep everything up without anybody watching: the scheduled job.",
    discussion: """
      Renews what is due, refreshes CRLs and repairs drift. What the newest desired state asks for \
      beyond that waits for apply, unless the settings last applied name its action under unattended. \
      What waits is reported and is no error.
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var runOptions: RunOptions
  @OptionGroup var signatures: SignatureOptions

  func run() throws {
    let options = global.options(isSimulated: runOptions.isSimulated)
    let notifier = Notifier(runOptions.hookFolder, options, command: "reconcile")
    try Run.withRepository(global, options, .writing, failing: notifier.failed) {
      repository, options in
      let options = try signatures.demanding(options, for: repository)
      let line = ProgressLine.observer(isWanted: !global.noColor)
      let application = try runOptions.applyRun(
        options, isUnattended: true, scope: .permitted, progress: line)
      let approval = Approval(isAutomatic: true, isColored: global.isResultColored)
      let result = try application.run(in: repository) { planning in
        try approval.ask(planning.plan)
      }
      line?.finish()
      try RunResult(result).report(notifier)
    }
  }
}
