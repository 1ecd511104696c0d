package io.portcullis.service;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.portcullis.service.test.WithPortcullisUser;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.MockMvc;

/** Tests a servlet service as the developer of one would, without a gateway. */
@SpringBootTest(
        classes = TestService.class,
        properties = {
            "portcullis.service.jwk-set-uri=http://127.0.0.1:1/.well-known/jwks.json",
            "portcullis.service.audience=orders",
            "portcullis.service.open-paths=/open/**"
        })
@AutoConfigureMockMvc
class ServletServiceTests {
    @Autowired
    @SuppressWarnings("NullAway.Init")
    private MockMvc mvc;

    @Test
    @WithPortcullisUser(username = "alice", roles = "editor", tenantId = "t1")
    void requestWhenTheTestHasAUserThenItIsTheCaller() throws Exception {
        mvc.perform(get("/who"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.id").value("user-alice"))
                .andExpect(jsonPath("$.name").value("alice"))
                .andExpect(jsonPath("$.roles[0]").value("editor"))
                .andExpect(jsonPath("$.session").value("test-session"))
                .andExpect(jsonPath("$.tenant").value("t1"));
        mvc.perform(post("/who")).andExpect(status().isOk()).andExpect(content().string("user-alice"));
    }

    @Test
    void requestWhenItDidNotComeThroughTheGatewayThenRefused() throws Exception {
        mvc.perform(get("/who"))
                .andExpect(status().isUnauthorized())
                .andExpect(header().string("WWW-Authenticate", "Bearer"))
                .andExpect(content().string(""));
        mvc.perform(get("/who")
                        .header("X-User-Id", "1")
                        .header("X-User-Name", "a")
                        .header("X-Session-Id", "s"))
                .andExpect(status().isUnauthorized());
        mvc.perform(get("/who").header("X-Identity-Token", "x")).andExpect(status().isUnauthorized());
        mvc.perform(get("/nowhere")).andExpect(status().isUnauthorized());
    }

    @Test
    void requestWhenThePathIsOpenThenAnonymousUnlessTheTokenIsWrong() throws Exception {
        mvc.perform(get("/open/who"))
                .andExpect(status().isOk())
                .andExpect(content().string("anonymous"));
        mvc.perform(get("/open/who").header("X-Identity-Token", "x")).andExpect(status().isUnauthorized());
    }
}
