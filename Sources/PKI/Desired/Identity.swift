/// A declared end entity: one certificate, for a server, a client or both.
///
/// A class, because it never changes and has many fields: a hundred thousand of them are handed from
/// check to check, sorted and looked up, and one reference each is moved.
package final class Identity: Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case server = "Server"
    case client = "Client"
    case peer = "Peer"
  }

  /// Where the key comes from.
  package enum Key: Hashable, Sendable {
    /// certwright makes it and keeps it in the key store.
    case managed(KeyAlgorithm)
    /// Its owner keeps it and asked with a certification request (PKCS#10).
    case requested(CertificationRequest)
  }

  package enum Rotation: String, Hashable, Sendable, CaseIterable {
    case always
    case never
  }

  package enum OnRemoval: String, Hashable, Sendable, CaseIterable {
    case retire
    case revoke
  }

  package let name: Name
  package let kind: Kind
  package let place: Place
  package let issuer: Name
  package let subject: Subject
  /// In declared order within each kind: DNS names, addresses, URIs, mail addresses.
  package let alternativeNames: [SubjectAlternativeName]
  package let key: Key
  package let lifetime: Lifetime
  package let renewBefore: Lifetime
  package let rotation: Rotation
  package let keyUsage: KeyUsage
  package let extendedKeyUsage: [ExtendedKeyUsage]
  package let onRemoval: OnRemoval
  package let isProtected: Bool
  package let renamedFrom: Name?
  /// Whether the common name is the default one, which is the name: a rename alone does not replace
  /// such a certificate.
  package let hasDefaultCommonName: Bool
  /// Where each field was written, for reasons that point at it.
  package let fields: FieldPlaces

  package init(
    name: Name, kind: Kind, place: Place, issuer: Name, subject: Subject,
    alternativeNames: [SubjectAlternativeName], key: Key, lifetime: Lifetime,
    renewBefore: Lifetime, rotation: Rotation, keyUsage: KeyUsage,
    extendedKeyUsage: [ExtendedKeyUsage], onRemoval: OnRemoval, isProtected: Bool,
    renamedFrom: Name?, hasDefaultCommonName: Bool, fields: FieldPlaces
  ) {
    self.name = name
    self.kind = kind
    self.place = place
    self.issuer = issuer
    self.subject = subject
    self.alternativeNames = alternativeNames
    self.key = key
    self.lifetime = lifetime
    self.renewBefore = renewBefore
    self.rotation = rotation
    self.keyUsage = keyUsage
    self.extendedKeyUsage = extendedKeyUsage
    self.onRemoval = onRemoval
    self.isProtected = isProtected
    self.renamedFrom = renamedFrom
    self.hasDefaultCommonName = hasDefaultCommonName
    self.fields = fields
  }

  package func place(of field: String) -> Place { fields[field] ?? place }
}

extension Identity: Hashable {
  package static func == (left: Identity, right: Identity) -> Bool {
    left === right
      || left.name == right.name && left.kind == right.kind && left.place == right.place
        && left.issuer == right.issuer && left.subject == right.subject
        && left.alternativeNames == right.alternativeNames && left.key == right.key
        && left.lifetime == right.lifetime && left.renewBefore == right.renewBefore
        && left.rotation == right.rotation && left.keyUsage == right.keyUsage
        && left.extendedKeyUsage == right.extendedKeyUsage && left.onRemoval == right.onRemoval
        && left.isProtected == right.isProtected && left.renamedFrom == right.renamedFrom
        && left.hasDefaultCommonName == right.hasDefaultCommonName && left.fields == right.fields
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// What certwright takes from a PKCS#10 request whose structure and signature have been checked:
/// the public key, and the names it asks for so that they can be compared with what is declared.
package struct CertificationRequest: Hashable, Sendable {
  /// The file below the desired-state folder.
  package let file: String
  package let publicKey: PublicKey
  package let subject: DistinguishedName
  package let alternativeNames: [SubjectAlternativeName]

  package init(
    file: String, publicKey: PublicKey, subject: DistinguishedName,
    alternativeNames: [SubjectAlternativeName]
  ) {
    self.file = file
    self.publicKey = publicKey
    self.subject = subject
    self.alternativeNames = alternativeNames
  }
}
