import CLibGit2
import Glibc
import PKI

/// What is said on a connection: credentials that were offered, and what the server answered.
final class RemoteConversation {
  private let url: RemoteURL
  private let access: RemoteAccess
  /// libgit2 asks again after a refusal: each way is tried once, or it would ask for ever.
  private var tried: Set<String> = []
  private var denial: String?
  private var answers: [String: String?] = [:]
  private var said: [UInt8] = []

  private static let mostWords = 4_096

  init(_ request: RemoteRequest) {
    url = request.url
    access = request.access
  }

  /// What libgit2 is to call; valid while this object lives.
  var callbacks: git_remote_callbacks {
    var callbacks = unsafe git_remote_callbacks()
    _ = unsafe git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION))
    unsafe callbacks.payload = Unmanaged.passUnretained(self).toOpaque()
    unsafe callbacks.credentials = { out, url, user, allowed, payload in
      guard let conversation = unsafe RemoteConversation.from(payload), let out = unsafe out else {
        return GIT_ERROR.rawValue
      }
      tidy()
      return unsafe conversation.offer(
        out, url: unsafe text(url) ?? "", user: unsafe text(user), allowed)
    }
    unsafe callbacks.push_update_reference = { name, status, payload in
      guard let conversation = unsafe RemoteConversation.from(payload),
        let name = unsafe text(name)
      else { return GIT_ERROR.rawValue }
      conversation.answers.updateValue(unsafe text(status), forKey: name)
      return 0
    }
    unsafe callbacks.sideband_progress = { bytes, count, payload in
      guard let conversation = unsafe RemoteConversation.from(payload), let bytes = unsafe bytes
      else { return 0 }
      let heard = unsafe UnsafeRawBufferPointer(start: bytes, count: Int(count))
      unsafe conversation.hear(heard)
      return 0
    }
    return unsafe callbacks
  }

  private static func from(_ payload: UnsafeMutableRawPointer?) -> RemoteConversation? {
    guard let payload = unsafe payload else { return nil }
    return unsafe Unmanaged<RemoteConversation>.fromOpaque(payload).takeUnretainedValue()
  }

  // MARK: - What the server says

  /// nil while there is no answer; then the words of a refusal, or nil inside for consent.
  func answer(for reference: String) -> String?? { answers[reference] }

  private func hear(_ bytes: UnsafeRawBufferPointer) {
    unsafe said.append(contentsOf: bytes.prefix(max(0, Self.mostWords - said.count)))
  }

  /// The lines that hooks wrote, without what would move a terminal's cursor.
  var serverWords: [String] {
    String(decoding: said, as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
      String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 0x20 }))
    }.filter { !$0.isEmpty }
  }

  // MARK: - Credentials

  /// A new connection asks for credentials anew.
  func startConnection() {
    tried = []
    denial = nil
  }

  private func offer(
    _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>, url: String,
    user: String?, _ allowed: UInt32
  ) -> Int32 {
    func allows(_ type: git_credential_t) -> Bool { allowed & type.rawValue != 0 }
    let user = user ?? self.url.user
    if allows(GIT_CREDENTIAL_SSH_KEY), self.url.transport == .ssh {
      return unsafe offerKey(out, user: user ?? "git")
    }
    if allows(GIT_CREDENTIAL_USERNAME), tried.insert("user").inserted {
      return unsafe git_credential_username_new(out, user ?? "git")
    }
    guard allows(GIT_CREDENTIAL_USERPASS_PLAINTEXT), self.url.transport == .http else {
      return refuse("the server asks for something other than a key or a token")
    }
    guard let token = access.token else { return refuse("no token was given") }
    // A redirection to somewhere else must not carry the token along.
    guard let asked = try? RemoteURL(url, relativeTo: "/"), asked.host == self.url.host else {
      return refuse("it redirects to another host")
    }
    guard tried.insert("token").inserted else { return refuse("the token was refused") }
    return unsafe git_credential_userpass_plaintext_new(out, user ?? "x-access-token", token)
  }

  private func offerKey(
    _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>, user: String
  ) -> Int32 {
    if let file = access.sshKey {
      guard tried.insert("key").inserted else {
        return refuse("the key \"\(file)\" was refused, or its passphrase is wrong")
      }
      return unsafe git_credential_ssh_key_new(out, user, nil, file, access.sshPassphrase)
    }
    guard tried.insert("agent").inserted else { return refuse("no key of the agent was taken") }
    return unsafe git_credential_ssh_key_from_agent(out, user)
  }

  private func refuse(_ reason: String) -> Int32 {
    denial = reason
    unsafe git_error_set_str(Int32(GIT_ERROR_CALLBACK.rawValue), reason)
    return GIT_EAUTH.rawValue
  }

  // MARK: - Failures

  /// What went wrong, in words that hold no credentials.
  func failure(_ code: Int32) -> GitError {
    let message = LibGit2.lastMessage()
    let words = serverWords
    let reason = clean(([denial ?? message] + words).joined(separator: "; "))
    return .remote(RemoteFailure(kind: kind(code, message), url: url.text, reason: reason))
  }

  private func kind(_ code: Int32, _ message: String) -> RemoteFailure.Kind {
    if code == GIT_ECERTIFICATE.rawValue {
      return url.transport == .ssh ? .hostKey : .certificate
    }
    if denial != nil || code == GIT_EAUTH.rawValue || message.contains("status code: 403")
      || message.contains("status code: 401")
      || url.transport == .ssh && message.lowercased().contains("authenticat")
    {
      return .denied
    }
    return message.contains("status code: 404") ? .unusable : .unreachable
  }

  private func clean(_ text: String) -> String {
    var text = text
    for secret in [access.token, access.sshPassphrase].compactMap(\.self) where !secret.isEmpty {
      text = text.replacing(secret, with: "***")
    }
    return text
  }
}

private func text(_ pointer: UnsafePointer<CChar>?) -> String? {
  guard let pointer = unsafe pointer else { return nil }
  return unsafe String(cString: pointer)
}

private func tidy() { git_error_clear() }
