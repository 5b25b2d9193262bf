import CLibGit2
import Glibc

extension Repository {
  /// Makes an empty bare repository that its owner alone can enter; one that exists stays as it is.
  ///
  /// It is made under another name first: what has the name is whole.
  package static func createBare(at path: String) throws(GitError) {
    if try HostFile.kind(of: path) != nil { return }
    try LibGit2.start()
    let temporary = "\(path).new"
    if try HostFile.kind(of: temporary) != nil { try HostFile.removeFolder(temporary) }
    var options = unsafe git_repository_init_options()
    try LibGit2.check(
      unsafe git_repository_init_options_init(
        &options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION)), "create a repository")
    unsafe options.flags = GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKDIR.rawValue
    var repository: OpaquePointer?
    let code = unsafe git_repository_init_ext(&repository, temporary, &options)
    unsafe git_repository_free(repository)
    try LibGit2.check(code, "create the repository \"\(path)\"")
    guard unsafe chmod(temporary, 0o700) == 0 else {
      throw systemError("change the mode of", temporary)
    }
    try HostFile.rename(temporary, to: path)
    let parent = path.split(separator: "/").dropLast().joined(separator: "/")
    try HostFile.syncFolder("/\(parent)")
  }
}
