package io.portcullis.core.session;

import org.jspecify.annotations.Nullable;

/**
 * The origin of a request. A component is null if the client did not send it. Over-long text from the client is cut,
 * not rejected.
 *
 * @param ip the client's address according to {@code trusted-proxies}, in the spelling of
 *     {@link ClientAddress#canonical}
 * @param userAgent the {@code User-Agent} header, at most 255 characters
 * @param device the name that the client gave itself at login, at most 64 characters, without white space at its ends. It is also the
 *     type of the device unless {@code deviceType} is there, see docs/adr/0028
 * @param clientId the id of the OAuth 2 client, if the session is one's, at most 64 characters
 * @param deviceType the type of the device as a login service named it, at most 64 characters; null where the device is its own type
 */
public record ClientInfo(
        String ip,
        @Nullable String userAgent,
        @Nullable String device,
        @Nullable String clientId,
        @Nullable String deviceType) {
    private static final int MAX_USER_AGENT = 255;
    private static final int MAX_DEVICE = 64;

    public ClientInfo {
        ip = ClientAddress.canonical(ip);
        userAgent = userAgent == null ? null : cut(userAgent, MAX_USER_AGENT);
        device = device == null ? null : cut(device.strip(), MAX_DEVICE);
        clientId = clientId == null ? null : cut(clientId, MAX_DEVICE);
        deviceType = deviceType == null ? null : cut(deviceType.strip(), MAX_DEVICE);
    }

    /** Creates the origin of a request whose device is its own type. */
    public ClientInfo(String ip, @Nullable String userAgent, @Nullable String device, @Nullable String clientId) {
        this(ip, userAgent, device, clientId, null);
    }

    /** Returns this origin with the id of an OAuth 2 client. */
    public ClientInfo withClientId(String id) {
        return new ClientInfo(ip, userAgent, device, id, deviceType);
    }

    /** Returns the type of the device for the limits on the sessions of one user. */
    public @Nullable String typeOfDevice() {
        return deviceType == null ? device : deviceType;
    }

    private static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max);
    }
}
