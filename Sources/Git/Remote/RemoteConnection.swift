import CLibGit2
import Glibc
import PKI

/// An open connection to a server.
@safe
struct RemoteConnection: ~Copyable {
  private let handle: RemoteHandle
  private let conversation: RemoteConversation

  private var pointer: OpaquePointer { unsafe handle.pointer }

  init(
    _ url: RemoteURL, _ repository: borrowing Repository, _ direction: git_direction,
    _ conversation: RemoteConversation
  ) throws(GitError) {
    let handle = try RemoteHandle(url, repository)
    var options = unsafe git_remote_connect_options()
    try LibGit2.check(
      unsafe git_remote_connect_options_init(
        &options, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION)), "connect")
    unsafe options.callbacks = conversation.callbacks
    unsafe options.proxy_opts.type = GIT_PROXY_AUTO
    conversation.startConnection()
    let code = unsafe git_remote_connect_ext(handle.pointer, direction, &options)
    if code < 0 { throw conversation.failure(code) }
    self.handle = handle
    self.conversation = conversation
  }

  /// What the server advertised.
  func list() throws(GitError) -> RemoteReply {
    var heads: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
    var count = 0
    let code = unsafe git_remote_ls(&heads, &count, pointer)
    if code < 0 { throw conversation.failure(code) }
    var reply = RemoteReply()
    for index in 0..<count {
      guard let head = unsafe heads?[index], let text = unsafe head.pointee.name else { continue }
      let name = unsafe String(cString: text)
      if name == "HEAD" {
        if let target = unsafe head.pointee.symref_target {
          reply.head = unsafe String(cString: target)
        }
        continue
      }
      // `refs/tags/v1^{}` is what an annotated tag stands for.
      guard name.hasPrefix("refs/heads/") || name.hasPrefix("refs/tags/"), !name.hasSuffix("^{}")
      else { continue }
      reply.references[name] = ObjectID(unsafe head.pointee.oid)
    }
    return reply
  }

  func download(_ specs: [String]) throws(GitError) {
    var options = unsafe git_fetch_options()
    try LibGit2.check(
      unsafe git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION)), "fetch")
    unsafe options.callbacks = conversation.callbacks
    unsafe options.proxy_opts.type = GIT_PROXY_AUTO
    unsafe options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
    let code = unsafe StringArray.with(specs) { list in
      unsafe git_remote_download(pointer, list, &options)
    }
    if code < 0 { throw conversation.failure(code) }
  }

  /// - Returns: libgit2's code, which is 0 also when the server refused the reference.
  func upload(_ spec: String) throws(GitError) -> Int32 {
    var options = unsafe git_push_options()
    try LibGit2.check(
      unsafe git_push_options_init(&options, UInt32(GIT_PUSH_OPTIONS_VERSION)), "push")
    unsafe options.callbacks = conversation.callbacks
    unsafe options.proxy_opts.type = GIT_PROXY_AUTO
    return unsafe StringArray.with([spec]) { list in
      unsafe git_remote_upload(pointer, list, &options)
    }
  }
}

/// Owns libgit2's remote, so that a failure half-way through connecting frees it.
@safe
private struct RemoteHandle: ~Copyable {
  let pointer: OpaquePointer

  init(_ url: RemoteURL, _ repository: borrowing Repository) throws(GitError) {
    var remote: OpaquePointer?
    try LibGit2.check(
      unsafe git_remote_create_anonymous(&remote, repository.pointer, url.text), "name the remote")
    guard let remote = unsafe remote else {
      throw .library(operation: "name the remote", code: -1, reason: "no remote")
    }
    unsafe pointer = remote
  }

  deinit { unsafe git_remote_free(pointer) }
}

/// Texts as libgit2 takes lists of them.
private enum StringArray {
  static func with<Result>(
    _ texts: [String], _ body: (UnsafePointer<git_strarray>) -> Result
  ) -> Result {
    var copies: [UnsafeMutablePointer<CChar>?] = unsafe texts.map { unsafe strdup($0) }
    defer { for index in texts.indices { unsafe free(copies[index]) } }
    return unsafe copies.withUnsafeMutableBufferPointer { buffer in
      var list = unsafe git_strarray(strings: buffer.baseAddress, count: buffer.count)
      return unsafe body(&list)
    }
  }
}
