package io.portcullis.gateway.endpoint;

import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MutableCoercionConfig;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Makes the application read JSON strictly: a key that occurs twice is refused, because two readers could take different values (RFC
 * 8259 section 4), and a number or a boolean is not taken for a text. This holds for the gateway's own endpoints, and for filters of a
 * route that parse bodies into types.
 */
final class StrictJson {
    private StrictJson() {}

    /** Configures a mapper. */
    static void apply(JsonMapper.Builder mapper) {
        var unused = mapper.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .withCoercionConfig(LogicalType.Textual, StrictJson::refuseOtherScalars);
    }

    private static void refuseOtherScalars(MutableCoercionConfig texts) {
        var unused = texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
    }
}
