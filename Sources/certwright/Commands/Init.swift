import ArgumentParser
import Foundation
import PKI
import Reconciler

struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a starting desired state.",
    discussion: """
      Writes YAML files for a root, an issuing authority, a server, a client and a proxy into the \
      desired-state folder, which must be empty or missing. Nothing is committed.
      """)

  @OptionGroup var global: GlobalOptions

  func run() throws {
    try Run.reporting {
      let options = global.options()
      let folder = options.repository + "/" + options.path
      try requireEmpty(folder)
      for file in StartingState.files { try write(file.text, to: "\(folder)/\(file.path)") }
      try Terminal.writeResult(
        StartingState.files.map { "wrote \(options.path)/\($0.path)\n" }.joined()
          + "edit them, commit, and see certwright plan\n")
    }
  }

  private func requireEmpty(_ folder: String) throws {
    let present = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard present.isEmpty else {
      throw ReconcileError.invalid(
        "\"\(folder)\" is not empty", hint: "init writes into a folder that is empty or missing")
    }
  }

  private func write(_ text: String, to path: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
    } catch {
      throw ReconcileError.invalid(
        "cannot write \"\(path)\": \(error.localizedDescription)", hint: nil)
    }
  }
}
