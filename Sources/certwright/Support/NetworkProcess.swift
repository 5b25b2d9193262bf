import ArgumentParser
import Foundation
import Git

/// The hidden command that a run starts for everything that it does over a network: it is killed when
/// it takes too long. Its request comes on standard input and its reply goes to standard output.
struct NetworkProcess: ParsableCommand {
  static let name = "network-process"

  static let configuration = CommandConfiguration(commandName: name, shouldDisplay: false)

  private static let longestRequest = 1 << 20

  func run() throws {
    RemoteWorker.endWithParent()
    guard let request = try FileHandle.standardInput.read(upToCount: Self.longestRequest) else {
      throw ExitStatus.error
    }
    try Terminal.writeResult(RemoteWorker.answer(Array(request)))
  }
}
