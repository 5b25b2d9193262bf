import CLibGit2
import Foundation
import PKI

/// The network process' side: reads one request, carries it out, and says what came of it.
package enum RemoteWorker {
  /// Makes this process end when the run that started it does.
  package static func endWithParent() { _ = certwright_die_with_parent() }

  /// - Returns: the reply's bytes.
  package static func answer(_ request: [UInt8]) -> [UInt8] {
    guard let json = try? JSONDecoder().decode(JSON.self, from: Data(request)),
      let request = RemoteRequest(json)
    else {
      let failure = RemoteFailure(kind: .unusable, url: "", reason: "the request is not understood")
      return bytes(RemoteReply(failure: failure))
    }
    return bytes(carryOut(request))
  }

  private static func bytes(_ reply: RemoteReply) -> [UInt8] { reply.json.compactBytes }

  private static func carryOut(_ request: RemoteRequest) -> RemoteReply {
    do throws(GitError) {
      if case .path(let path) = request.url.transport {
        return try LocalRemote(path: path, url: request.url).carryOut(request)
      }
      return try NetworkRemote(request).carryOut()
    } catch {
      return RemoteReply(failure: failure(error, request.url))
    }
  }

  private static func failure(_ error: GitError, _ url: RemoteURL) -> RemoteFailure {
    if case .remote(let failure) = error { return failure }
    let hint = error.hint.map { " (\($0))" } ?? ""
    return RemoteFailure(kind: .unreachable, url: url.text, reason: "\(error)\(hint)")
  }
}
