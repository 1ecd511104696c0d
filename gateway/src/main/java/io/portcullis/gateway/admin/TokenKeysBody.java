package io.portcullis.gateway.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.portcullis.core.keyring.KeyNode;
import io.portcullis.core.keyring.TokenKeyReport;
import io.portcullis.core.token.KeyId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Represents the keys that sign tokens, without their secrets. Times are in epoch milliseconds.
 *
 * @param id the key that this call made or dropped; missing from a list
 * @param everywhere whether all nodes have followed this call, in the case of a dropped key those that are not live as well; missing from a
 *     list
 * @param sessionsWithoutKey the number of live sessions of which the key is not known, as after an upgrade
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TokenKeysBody(
        @Nullable String id, @Nullable Boolean everywhere, List<Key> keys, List<Node> nodes, long sessionsWithoutKey) {

    /**
     * @param state {@code signing}, {@code verifying}, {@code pending}, {@code dropped}, or {@code missing} for a key that live sessions have
     *     and no node has
     * @param stored whether MySQL has its secret
     * @param since when it got its state; missing for a configured key and for the one that the first node made
     * @param sessions the number of live sessions whose refresh token it signed
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Key(
            String id,
            String state,
            boolean stored,
            @Nullable Long since,
            long sessions) {}

    /**
     * @param live whether the node wrote within the last seconds; otherwise it was killed, or runs and does not reach MySQL
     * @param signs the key with which the node signs; missing if it signs with none
     * @param verifies the keys that the node has
     * @param looksUp the keys that another node has, whose tokens this node looks up in the stores
     * @param refuses the dropped keys of which the node knows
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Node(
            String name,
            boolean live,
            @Nullable String signs,
            List<String> verifies,
            List<String> looksUp,
            List<String> refuses) {}

    static TokenKeysBody of(TokenKeyReport report) {
        return of(report, null, null);
    }

    static TokenKeysBody of(TokenKeyReport report, KeyId changed) {
        return of(report, changed.toString(), report.isDone(changed));
    }

    private static TokenKeysBody of(TokenKeyReport report, @Nullable String id, @Nullable Boolean everywhere) {
        return new TokenKeysBody(
                id,
                everywhere,
                report.keys().stream().map(TokenKeysBody::key).toList(),
                report.nodes().stream()
                        .filter(node -> !node.stopped())
                        .map(TokenKeysBody::node)
                        .toList(),
                report.unknownSessions());
    }

    private static Key key(TokenKeyReport.Key key) {
        Instant since = key.since();
        return new Key(
                key.id().toString(),
                QueryParameters.word(key.use().name()),
                key.stored(),
                since == null ? null : since.toEpochMilli(),
                key.sessions());
    }

    private static Node node(KeyNode node) {
        KeyId signer = node.signer();
        return new Node(
                node.name(),
                node.isLive(),
                signer == null ? null : signer.toString(),
                texts(node.verifies()),
                texts(node.elsewhere()),
                texts(node.dropped()));
    }

    private static List<String> texts(Collection<KeyId> ids) {
        return ids.stream().sorted().map(KeyId::toString).toList();
    }
}
