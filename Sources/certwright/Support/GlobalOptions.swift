import ArgumentParser
import Foundation
import Git
import PKI
import Reconciler

/// Flags of every command.
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The git repository with the desired state: a folder, or the address of a remote.",
      valueName: "dir|url"))
  var repository = EnvironmentVariable.text("repository") ?? "."

  @Option(
    help: ArgumentHelp("The folder of the desired state in it.", valueName: "folder"))
  var path = EnvironmentVariable.text("path") ?? "desired-state"

  @Option(
    help: ArgumentHelp("The revision to read the desired state from.", valueName: "revision"))
  var ref = EnvironmentVariable.text("ref") ?? "HEAD"

  @Option(
    help: ArgumentHelp(
      "A revision whose policies judge the desired state besides its own.", valueName: "revision"))
  var base: String?

  @Option(
    help: ArgumentHelp(
      "The branch that holds what is published. (default: the settings' branch, or published)",
      valueName: "branch"))
  var published: String?

  @Option(
    help: ArgumentHelp(
      "The folder of private keys. (default: $XDG_DATA_HOME/certwright/keys)", valueName: "dir"))
  var keys: String?

  @Option(
    help: ArgumentHelp(
      "The folder in which plans without changes are remembered. (default: $XDG_CACHE_HOME/certwright)",
      valueName: "dir"))
  var cache: String?

  @Flag(name: .customLong("no-cache"), help: "Read everything anew, and remember nothing.")
  var noCache = false

  @Option(
    help: ArgumentHelp(
      "Decide as if it were this time, as in 2026-11-23T15:04:05Z.", valueName: "time"))
  var at: String?

  @Flag(name: .customLong("no-color"), help: "Never write colours.")
  var noColor = false

  @OptionGroup var remote: RemoteOptions

  func validate() throws {
    if let at = chosenTime, Timestamp(at) == nil {
      throw ValidationError("--at \"\(at)\" is not a time in UTC such as 2026-11-23T15:04:05Z")
    }
  }

  /// The choices for the library; the system clock is read here and nowhere else.
  func options(isSimulated: Bool = false) -> Options {
    var options = Options(
      repository: repository, path: path, revision: ref,
      publishedBranch: published ?? EnvironmentVariable.text("published"),
      keys: keys ?? EnvironmentVariable.text("keys") ?? standardKeys, clock: SystemClock.now,
      at: chosenTime.flatMap { Timestamp($0) },
      isSimulated: isSimulated, base: base ?? EnvironmentVariable.text("base"))
    if !noCache, !EnvironmentVariable.isSet("no-cache") {
      options.cache = PlanCache(
        folder: cache ?? EnvironmentVariable.text("cache") ?? CacheFolder.path,
        maker: CacheFolder.program)
    }
    return options
  }

  private var chosenTime: String? { at ?? EnvironmentVariable.text("at") }

  private var standardKeys: String { DataFolder.path + "/keys" }

  var isResultColored: Bool {
    Terminal.isResultTerminal && !noColor && !EnvironmentVariable.isSet("no-color")
      && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
  }
}

enum SystemClock {
  static var now: Timestamp {
    Timestamp(seconds: Int(Date().timeIntervalSince1970.rounded(.down)))
  }
}
