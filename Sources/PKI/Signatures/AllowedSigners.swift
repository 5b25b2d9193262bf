/// Who may sign: OpenSSH's allowed-signers file (ssh-keygen(1), ALLOWED SIGNERS).
package struct AllowedSigners: Hashable, Sendable {
  /// One line of the file.
  package struct Entry: Hashable, Sendable {
    package let principals: SSHPatternList
    /// nil permits every namespace.
    package let namespaces: SSHPatternList?
    /// Both ends belong to the time in which the key may sign.
    package let validAfter: Timestamp?
    package let validBefore: Timestamp?
    package let key: SSHPublicKey
    package let place: Place
  }

  package let entries: [Entry]

  package init(_ entries: [Entry]) { self.entries = entries }
}

/// Somebody whose signature was verified.
package struct VerifiedSigner: Hashable, Sendable {
  /// One key is one person, whatever names it goes by.
  package let fingerprint: String
  package let principals: Set<String>

  package init(fingerprint: String, principals: Set<String>) {
    self.fingerprint = fingerprint
    self.principals = principals
  }

  /// How many people these are: signers who share a key or a name are one.
  static func count(_ signers: some Sequence<VerifiedSigner>) -> Int {
    var people: [Set<String>] = []
    for signer in signers {
      var person = signer.principals.union([signer.fingerprint])
      people.removeAll { other in
        guard !other.isDisjoint(with: person) else { return false }
        person.formUnion(other)
        return true
      }
      people.append(person)
    }
    return people.count
  }
}

/// Why a signature does not count: the end of a sentence that begins with what was signed.
package struct SignatureRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  package let reason: String

  package init(_ reason: String) { self.reason = reason }

  package var description: String { reason }
}

extension AllowedSigners {
  /// Who a verified signature is by.
  ///
  /// The names are those that the key's lines spell out. A line with wildcards lets its key claim
  /// any name that fits, and the name claimed is the mail address in what was signed.
  ///
  /// - Parameters:
  ///   - time: when it was signed, as what was signed says.
  ///   - address: the mail address in what was signed.
  package func signer(
    of key: SSHPublicKey, namespace: String, at time: Timestamp, claiming address: String
  ) throws(SignatureRefusal) -> VerifiedSigner {
    let lines = entries.filter { $0.key == key }
    guard !lines.isEmpty else {
      throw SignatureRefusal("is signed with the key \(key.fingerprint), which is not allowed")
    }
    var principals: Set<String> = []
    var refusal: SignatureRefusal?
    for line in lines {
      do throws(SignatureRefusal) {
        principals.formUnion(try line.principals(namespace, time, address))
      } catch {
        refusal = refusal ?? error
      }
    }
    guard principals.isEmpty else {
      return VerifiedSigner(fingerprint: key.fingerprint, principals: principals)
    }
    throw refusal ?? SignatureRefusal("is signed with a key that names nobody")
  }
}

extension AllowedSigners.Entry {
  fileprivate func principals(
    _ namespace: String, _ time: Timestamp, _ address: String
  ) throws(SignatureRefusal) -> Set<String> {
    let who = "is signed with the key \(key.fingerprint), which \(place)"
    if let namespaces, !namespaces.matches(namespace) {
      throw SignatureRefusal("\(who) does not allow for the namespace \(quoted(namespace))")
    }
    if let validAfter, time < validAfter {
      throw SignatureRefusal("\(who) allows from \(validAfter) on, but it was signed at \(time)")
    }
    if let validBefore, validBefore < time {
      throw SignatureRefusal("\(who) allowed until \(validBefore), but it was signed at \(time)")
    }
    var names = Set(
      principals.elements.filter { $0.isLiteral && !$0.isNegated && principals.matches($0.text) }
        .map(\.text))
    if principals.elements.contains(where: { !$0.isLiteral && !$0.isNegated }),
      principals.matches(address)
    {
      names.insert(address)
    }
    guard !names.isEmpty else {
      throw SignatureRefusal(
        "\(who) allows for \(quoted(principals.description)), but its committer is"
          + " \(quoted(address))")
    }
    return names
  }
}
