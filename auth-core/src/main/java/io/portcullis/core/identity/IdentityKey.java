package io.portcullis.core.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Instant;

/**
 * A key on the curve P-256 that signs with ES256 (RFC 7518 section 3.4). No method but {@link #toStored} and no {@code toString} exposes
 * the private key. Immutable and safe to share between threads. Its methods compute; only those of the type that create a key may block.
 */
final class IdentityKey {
    private final ECKey key;
    private final Instant signsFrom;
    private final JWSSigner signer;

    private IdentityKey(ECKey key, Instant signsFrom) throws JOSEException {
        this.key = key;
        this.signsFrom = signsFrom;
        this.signer = new ECDSASigner(key);
    }

    /** Returns a new key. Its id is its thumbprint (RFC 7638). Blocks: the platform's source of random numbers reads a file. */
    static IdentityKey create(Instant signsFrom) {
        try {
            ECKey key = new ECKeyGenerator(Curve.P_256)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyUse(KeyUse.SIGNATURE)
                    .keyIDFromThumbprint(true)
                    .generate();
            return new IdentityKey(key, signsFrom);
        } catch (JOSEException e) {
            throw new IllegalStateException("P-256 is not available (expected: on every Java platform)", e);
        }
    }

    /**
     * Returns a key that was stored. Blocks as {@link #create} does.
     *
     * @throws IllegalStateException if the row holds no such key. Neither message nor cause contains what it holds
     */
    @SuppressWarnings("UnusedException") // Its message may contain the private key.
    static IdentityKey of(StoredIdentityKey stored) {
        try {
            ECKey key = ECKey.parse(stored.jwk());
            if (!Curve.P_256.equals(key.getCurve())
                    || !key.isPrivate()
                    || !stored.id().equals(key.getKeyID())) {
                throw unreadable(stored);
            }
            return new IdentityKey(key, stored.signsFrom());
        } catch (ParseException | JOSEException e) {
            throw unreadable(stored);
        }
    }

    private static IllegalStateException unreadable(StoredIdentityKey stored) {
        return new IllegalStateException(
                "identity_key " + stored.id()
                        + ": unreadable (expected: a private JSON Web Key on P-256 with this id; delete the row to get a new key)");
    }

    StoredIdentityKey toStored() {
        return new StoredIdentityKey(id(), key.toJSONString(), signsFrom);
    }

    String id() {
        return key.getKeyID();
    }

    Instant signsFrom() {
        return signsFrom;
    }

    JWK publicKey() {
        return key.toPublicJWK();
    }

    /**
     * Returns the signed token in its compact form (RFC 7515 section 3.1). Takes some 100 microseconds of CPU.
     *
     * @param type the header {@code typ}, by which receivers tell tokens of different kinds apart (RFC 8725 section 3.11)
     */
    String sign(JOSEObjectType type, JWTClaimsSet claims) {
        try {
            var header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                    .type(type)
                    .keyID(key.getKeyID())
                    .build();
            SignedJWT token = new SignedJWT(header, claims);
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("ES256 is not available (expected: on every Java platform)", e);
        }
    }

    @Override
    public String toString() {
        return "IdentityKey[id=" + id() + ", signsFrom=" + signsFrom + "]";
    }
}
