package io.portcullis.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Tests the conversion of JSON bodies. The limits of the values are tested in the core. */
class NewAccountBodyTests {
    private static final JsonMapper JSON = new JsonMapper();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{}                                                                        | username",
                "{'username':'bob'}                                                        | password",
                "{'username':'bob','password':'short'}                                     | password",
                "{'username':' bob','password':'bob-demo-pass'}                            | username",
                "{'username':'bob','password':'bob-demo-pass','roles':[null]}              | roles",
                "{'username':'bob','password':'bob-demo-pass','roles':['a b']}             | roles",
                "{'username':'bob','password':'bob-demo-pass','userType':''}               | userType"
            })
    void accountWhenItCannotBeThenRefusedWithTheField(String json, String field) {
        var body = JSON.readValue(json.replace('\'', '"'), NewAccountBody.class);

        var refusal = catchThrowableOfType(PortcullisException.class, body::toNewAccount);

        assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(refusal.detail()).startsWith(field).contains("expected");
    }

    @Test
    void accountWhenRolesAndTypeMissingThenAUserWithoutRoles() {
        var account = JSON.readValue("{\"username\":\"bob\",\"password\":\"bob-demo-pass\"}", NewAccountBody.class)
                .toNewAccount();

        assertThat(account.roles()).isEmpty();
        assertThat(account.userType()).isEqualTo("user");
    }
}
