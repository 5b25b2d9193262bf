package import Git
package import PKI

/// Puts a proxy's bundle into its folder on a proxy host, or leaves everything as it was.
///
/// The bundle is written to a folder beside its place; files that are not the bundle's, private keys
/// above all, get a second name there, so nothing is copied and nothing lost. Then both folders
/// exchange their names in one step: a proxy that reloads at any moment sees the old bundle or the
/// new one, whole. Exchanging again is the way back.
package struct Installation {
  private static let fileLimit = 1 << 28
  private static let folderMode: UInt32 = 0o755
  private static let fileMode: UInt32 = 0o644
  /// Which files the last installation put there, so that what left the bundle can go.
  private static let manifest = ".certwright-bundle"

  /// What a command of the host came to.
  package struct CommandResult: Sendable {
    package let isSuccess: Bool
    package let output: String

    package init(isSuccess: Bool, output: String) {
      self.isSuccess = isSuccess
      self.output = output
    }
  }

  package enum Outcome: Hashable, Sendable {
    /// The host has these very bytes already; nothing was run.
    case unchanged(ObjectID)
    case installed(ObjectID, files: Int)
  }

  let options: Options
  let folder: String
  /// Runs a command line of the host and waits for it.
  let run: (String) throws(ReconcileError) -> CommandResult

  /// - Parameter folder: where the bundle lies on this host; links are resolved by the caller.
  package init(
    _ options: Options, folder: String,
    run: @escaping (String) throws(ReconcileError) -> CommandResult
  ) {
    self.options = options
    self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    self.run = run
  }

  /// - Parameters:
  ///   - check: is run after the exchange; when it fails, the previous bundle comes back.
  ///   - reload: is run after the check; when it fails, the previous bundle comes back and it is run
  ///     once more, so that the proxy runs with what lies there.
  package func install(
    _ proxy: Name, check: String?, reload: String?, in repository: borrowing Repository
  ) throws(ReconcileError) -> Outcome {
    let bundle = try ProxyBundle(proxy, options, in: repository)
    let present = try presentFiles()
    if isInstalled(bundle, present) { return .unchanged(bundle.commit) }
    let problems = BundleCheck(now: options.now).problems(in: bundle.files, installed: present)
    guard problems.isEmpty else {
      throw .invalid(
        "the bundle of \"\(proxy)\" is not installed: \(problems.joined(separator: "; "))",
        hint: "fetch the published branch again; certwright verify says more")
    }
    let staging = folder + ".certwright-new"
    try host { () throws(GitError) in
      if try HostFile.kind(of: staging) != nil { try HostFile.removeFolder(staging) }
    }
    try stage(bundle, present, in: staging)
    try swap(
      staging, isFirst: try host { () throws(GitError) in try HostFile.kind(of: folder) } == nil)
    try keepOrRollBack(staging, check, reload)
    return .installed(bundle.commit, files: bundle.files.count)
  }

  // MARK: - What is there

  /// Every file on the host but private keys, which are not read.
  private func presentFiles() throws(ReconcileError) -> [ProxyBundle.File] {
    try host { () throws(GitError) in
      var files: [ProxyBundle.File] = []
      for path in try HostFile.files(below: folder) where !path.hasSuffix(".key") {
        let bytes = try HostFile.read("\(folder)/\(path)", limit: Self.fileLimit) ?? []
        files.append(ProxyBundle.File(path: path, bytes: bytes))
      }
      return files
    }
  }

  private func isInstalled(_ bundle: ProxyBundle, _ present: [ProxyBundle.File]) -> Bool {
    let there = Dictionary(
      present.map { ($0.path, $0.bytes) }, uniquingKeysWith: { first, _ in first })
    return bundle.files.allSatisfy { there[$0.path] == $0.bytes }
      && there[Self.manifest] == Self.manifest(of: bundle)
  }

  private static func manifest(of bundle: ProxyBundle) -> [UInt8] {
    Array(bundle.files.map { $0.path + "\n" }.joined().utf8)
  }

  /// The files that the last installation brought.
  private func broughtBefore(_ present: [ProxyBundle.File]) -> Set<String> {
    let manifest = present.first { $0.path == Self.manifest }?.bytes ?? []
    return Set(String(decoding: manifest, as: UTF8.self).split(separator: "\n").map(String.init))
      .union([Self.manifest])
  }

  // MARK: - The new folder

  private func stage(
    _ bundle: ProxyBundle, _ present: [ProxyBundle.File], in staging: String
  ) throws(ReconcileError) {
    let own = broughtBefore(present).union(bundle.files.map(\.path))
    try host { () throws(GitError) in
      var folders: Set<String> = []
      try HostFile.createFolder(staging, mode: Self.folderMode)
      for file in bundle.files {
        try makeFolders(of: file.path, in: staging, &folders)
        try HostFile.create("\(staging)/\(file.path)", mode: Self.fileMode, file.bytes)
      }
      try HostFile.create(
        "\(staging)/\(Self.manifest)", mode: Self.fileMode, Self.manifest(of: bundle))
      for path in try HostFile.files(below: folder) where !own.contains(path) {
        try makeFolders(of: path, in: staging, &folders)
        try HostFile.link("\(folder)/\(path)", as: "\(staging)/\(path)")
      }
      for made in folders { try HostFile.syncFolder("\(staging)/\(made)") }
      try HostFile.syncFolder(staging)
    }
  }

  private func makeFolders(
    of path: String, in staging: String, _ made: inout Set<String>
  ) throws(GitError) {
    var folder = ""
    for segment in path.split(separator: "/").dropLast() {
      folder += folder.isEmpty ? String(segment) : "/\(segment)"
      guard made.insert(folder).inserted else { continue }
      try HostFile.createFolder("\(staging)/\(folder)", mode: Self.folderMode)
    }
  }

  // MARK: - The exchange

  /// - Parameter isFirst: there is nothing to exchange with.
  private func swap(_ staging: String, isFirst: Bool) throws(ReconcileError) {
    try host { () throws(GitError) in
      if isFirst {
        try HostFile.rename(staging, to: folder)
      } else {
        try HostFile.exchange(staging, folder)
      }
      try HostFile.syncFolder(parent)
    }
  }

  private var parent: String {
    guard let slash = folder.lastIndex(of: "/") else { return "." }
    return slash == folder.startIndex ? "/" : String(folder[..<slash])
  }

  /// After the exchange the staging folder holds what was there before, or is gone.
  private func keepOrRollBack(
    _ previous: String, _ check: String?, _ reload: String?
  ) throws(ReconcileError) {
    let hadOne = try host { () throws(GitError) in try HostFile.kind(of: previous) != nil }
    if let output = try failure(of: check) {
      try rollBack(previous, hadOne)
      throw refusal("check", check, output, hadOne)
    }
    if let output = try failure(of: reload) {
      try rollBack(previous, hadOne)
      if hadOne { _ = try failure(of: reload) }
      throw refusal("reload", reload, output, hadOne)
    }
    if hadOne { try host { () throws(GitError) in try HostFile.removeFolder(previous) } }
  }

  /// What a command says when it fails; nil when it succeeds or there is none.
  private func failure(of command: String?) throws(ReconcileError) -> String? {
    guard let command else { return nil }
    let result = try run(command)
    return result.isSuccess ? nil : result.output
  }

  private func refusal(
    _ what: String, _ command: String?, _ output: String, _ hadOne: Bool
  ) -> ReconcileError {
    var said = output
    while said.last?.isNewline == true { said.removeLast() }
    let back = hadOne ? "the previous bundle is back" : "nothing was installed"
    return .invalid(
      "the \(what) \"\(command ?? "")\" failed; \(back)" + (said.isEmpty ? "" : ":\n\(said)"),
      hint: nil)
  }

  private func rollBack(_ previous: String, _ hadOne: Bool) throws(ReconcileError) {
    try host { () throws(GitError) in
      if hadOne {
        try HostFile.exchange(previous, folder)
        try HostFile.removeFolder(previous)
      } else {
        try HostFile.removeFolder(folder)
      }
      try HostFile.syncFolder(parent)
    }
  }

  private func host<Value>(
    _ step: () throws(GitError) -> Value
  ) throws(ReconcileError) -> Value {
    try git(step)
  }
}
