import ArgumentParser
import Glibc

@main
struct Certwright: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certwright",
    abstract: "Keeps a private PKI as a git repository describes it.",
    discussion: """
      People describe authorities, servers, clients, revocations and proxies in YAML in a git \
      repository. certwright reads a commit, compares it with what has really been issued, shows a \
      plan, carries it out, and commits certificates, CRLs and proxy bundles to a published branch.

      Begin with:
        certwright init                 write a starting desired state
        certwright validate --worktree  check it while you edit
        certwright plan                 see what the committed state would do
        certwright apply                do it

      Every flag --some-flag can be given as CERTWRIGHT_SOME_FLAG in the environment.

      Exit codes: 0 fine, 1 error, 2 changes or attention (where asked for), 3 refused by a limit, \
      a policy, a protection or a suspension, 4 the saved plan is stale, 5 another run holds the \
      lock, 6 applied but not pushed yet, 64 wrong usage.
      """,
    version: "0.1.0",
    subcommands: [
      Init.self, Validate.self, PlanCommand.self, Show.self, Apply.self, Reconcile.self,
      Revoke.self,
      Suspend.self, Resume.self, Status.self, Verify.self,
      Inspect.self, Export.self, Install.self, Lock.self, Schema.self,
      NetworkProcess.self,
    ]
  )

  static func main() {
    // A closed pipe is an error of write(2), not a signal that ends the process.
    signal(SIGPIPE, SIG_IGN)
    let arguments = ArgumentOrder.commandFirst(
      Array(CommandLine.arguments.dropFirst()), commands: commandNames)
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch {
      exit(withError: error)
    }
  }

  private static var commandNames: Set<String> {
    Set(configuration.subcommands.compactMap { $0.configuration.commandName }).union(["help"])
  }
}
