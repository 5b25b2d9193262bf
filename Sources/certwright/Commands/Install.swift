import ArgumentParser
import Foundation
import PKI
import Reconciler

struct Install: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "On a proxy host: verify the bundle, swap it in, reload, roll back.",
    discussion: """
      Takes the proxy's bundle from the published branch of the repository, checks its certificates \
      and CRLs, writes it beside the folder and exchanges both in one step. Files of yours in the \
      folder, private keys above all, stay. When --check or --reload fails, the previous bundle \
      comes back. With nothing new, nothing is run.

      Example:
        certwright install edge --to /etc/nginx/certwright \\
          --check 'nginx -t' --reload 'nginx -s reload'
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: "The proxy's name.")
  var proxy: String

  @Option(help: ArgumentHelp("The bundle's folder on this host.", valueName: "dir"))
  var to: String

  @Option(help: ArgumentHelp("Must succeed before the bundle is kept.", valueName: "command"))
  var check: String?

  @Option(help: ArgumentHelp("Makes the proxy load the bundle.", valueName: "command"))
  var reload: String?

  func validate() throws {
    if let problem = Name.problem(in: proxy) { throw ValidationError("\"\(proxy)\" \(problem)") }
  }

  func run() throws {
    let options = global.options()
    try Run.withRepository(global, options) { repository, options in
      guard let name = Name(proxy) else { return }
      let folder = URL(fileURLWithPath: to).resolvingSymlinksInPath().path
      let installation = Installation(options, folder: folder, run: HostCommand.run)
      let outcome = try installation.install(name, check: check, reload: reload, in: repository)
      switch outcome {
      case .unchanged: try Terminal.writeResult("unchanged\n")
      case .installed(let commit, let files):
        try Terminal.writeResult(
          "installed \(Reason.count(files, "file")) of commit \(commit) in \(folder)\n")
      }
    }
  }
}
