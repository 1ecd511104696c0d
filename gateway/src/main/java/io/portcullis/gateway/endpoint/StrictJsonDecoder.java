package io.portcullis.gateway.endpoint;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import org.springframework.util.MimeType;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MutableCoercionConfig;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads the JSON of each {@link EndpointBody} strictly: refuses a key that occurs twice, because two readers could take different
 * values (RFC 8259 section 4), and a number or a boolean in the place of a text. Leaves bodies of other types, such as those that a
 * {@code ModifyRequestBody} filter of a route parses, to the decoder of the application.
 */
final class StrictJsonDecoder extends JacksonJsonDecoder {
    /**
     * Creates a decoder.
     *
     * @param mapper the mapper of the application, whose other settings apply
     */
    StrictJsonDecoder(JsonMapper mapper) {
        super(strict(mapper));
    }

    private static JsonMapper strict(JsonMapper mapper) {
        return mapper.rebuild()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .withCoercionConfig(LogicalType.Textual, StrictJsonDecoder::refuseOtherScalars)
                .build();
    }

    private static void refuseOtherScalars(MutableCoercionConfig texts) {
        var unused = texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
    }

    /** Builds the reader of a type, so that no event loop waits for it. */
    void prepare(Class<?> body) {
        var unused = getMapper().readerFor(body);
    }

    @Override
    public boolean canDecode(ResolvableType type, @Nullable MimeType mimeType) {
        return EndpointBody.class.isAssignableFrom(type.toClass()) && super.canDecode(type, mimeType);
    }
}
