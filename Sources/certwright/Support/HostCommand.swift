import Foundation
import Reconciler

/// Runs a command line of the host's user with the shell and keeps what it says.
enum HostCommand {
  private static let longestOutput = 1 << 16

  static func run(_ line: String) throws(ReconcileError) -> Installation.CommandResult {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    process.standardInput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    do {
      try process.run()
      // Read to the end before waiting: a full pipe would stop the command for ever.
      let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      let isSuccess =
        process.terminationReason == .exit && process.terminationStatus == 0
      return Installation.CommandResult(
        isSuccess: isSuccess,
        output: String(decoding: output.suffix(longestOutput), as: UTF8.self))
    } catch {
      throw .invalid("cannot run \"\(line)\": \(error.localizedDescription)", hint: nil)
    }
  }
}
