import Foundation
package import PKI

/// Talks to remotes through a process of its own, which is killed when it takes too long.
///
/// libgit2 1.5 has no time limits; a process apart also ends with whatever a hostile server does to
/// it. Secrets go to it on its standard input.
package struct RemoteClient: Sendable {
  /// The program and the arguments that make it answer one request: certwright itself.
  package let command: [String]
  package let access: RemoteAccess
  package let limit: Lifetime

  package init(command: [String], access: RemoteAccess, limit: Lifetime) {
    self.command = command
    self.access = access
    self.limit = limit
  }

  private static let longestReply = 1 << 28

  /// - Throws: ``GitError/remote(_:)``
  package func ask(
    _ operation: RemoteRequest.Operation, of url: RemoteURL, for repository: String
  ) throws(GitError) -> RemoteReply {
    let request = RemoteRequest(operation, url: url, repository: repository, access: access)
    let ending = try ChildProcess.run(
      command, input: request.json.compactBytes, seconds: limit.seconds,
      longestOutput: Self.longestReply)
    switch ending {
    case .tooLate:
      throw .remote(
        RemoteFailure(
          kind: .timedOut, url: url.text, reason: "stopped after \(limit)"))
    case .finished(let output):
      guard let json = try? JSONDecoder().decode(JSON.self, from: Data(output)),
        let reply = RemoteReply(json)
      else {
        throw .remote(
          RemoteFailure(
            kind: .unreachable, url: url.text, reason: "the network process ended early"))
      }
      if let failure = reply.failure { throw .remote(failure) }
      return reply
    }
  }
}
