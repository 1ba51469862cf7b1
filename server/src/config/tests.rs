//! The layers over each other, the example file, and what stops a start.

use super::*;
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

const EXAMPLE: &str = include_str!("../../../inhouse.example.toml");

struct Instance(tempfile::TempDir);

impl Instance {
    fn new(toml: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("inhouse.toml"), toml).unwrap();
        Self(dir)
    }

    fn load(&self, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Config, String> {
        let overrides = Overrides {
            data: Some(self.0.path().to_owned()),
            config: None,
            settings: flags
                .iter()
                .map(|(setting, value)| Flag {
                    flag: format!("--{setting}"),
                    setting: (*setting).to_owned(),
                    value: (*value).to_owned(),
                })
                .collect(),
        };
        let environment = environment
            .iter()
            .map(|&(name, value)| (name.into(), value.into()));
        Config::load_with(&overrides, environment).map_err(|error| error.to_string())
    }
}

/// The settings' names as serde knows them, out of its own complaint about a name that isn't.
fn settings(section: &str) -> Vec<String> {
    let toml = if section.is_empty() {
        "zz = 1".into()
    } else {
        format!("[{section}]\nzz = 1")
    };
    let error = toml
        .parse::<toml::Table>()
        .unwrap()
        .try_into::<Config>()
        .unwrap_err();
    let message = error.message().to_owned();
    // Inside an enum it is an unknown variant, inside a text another type.
    let Some((_, names)) = message
        .split_once("unknown field")
        .and_then(|(_, rest)| rest.split_once("expected"))
    else {
        return Vec::new();
    };
    let names: Vec<_> = names
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    names
        .into_iter()
        .flat_map(|name| {
            let path = if section.is_empty() {
                name
            } else {
                format!("{section}.{name}")
            };
            let inner = settings(&path);
            if inner.is_empty() { vec![path] } else { inner }
        })
        .collect()
}

fn named_in(table: &toml::Table, above: &str, names: &mut BTreeSet<String>) {
    for (key, value) in table {
        let path = if above.is_empty() {
            key.clone()
        } else {
            format!("{above}.{key}")
        };
        match value {
            toml::Value::Table(inner) => named_in(inner, &path, names),
            _ => {
                names.insert(path);
            }
        }
    }
}

#[test]
fn the_example_names_every_setting_and_no_other() {
    let all: String = EXAMPLE
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if setting.starts_with(|c: char| c.is_ascii_lowercase()) => setting,
            _ => line,
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut named = BTreeSet::new();
    named_in(&all.parse().unwrap(), "", &mut named);
    let known: BTreeSet<_> = settings("").into_iter().collect();
    assert!(known.len() > 50, "{known:?}");
    assert_eq!(named, known);
    all.parse::<toml::Table>()
        .unwrap()
        .try_into::<Config>()
        .unwrap();
}

#[test]
fn the_example_parses_to_the_defaults() {
    assert_eq!(
        toml::from_str::<Config>(EXAMPLE).unwrap(),
        Config::default()
    );
}

#[test]
fn later_layers_win_over_earlier_ones() {
    let instance = Instance::new(
        "[server]\nlisten = '127.0.0.1:1'\nsession_hours = 1\n[log]\nformat = 'json'",
    );
    let listen = |environment: &[_], flags: &[_]| {
        instance
            .load(environment, flags)
            .unwrap()
            .server
            .listen
            .port()
    };
    assert_eq!(listen(&[], &[]), 1);
    let variable = ("INHOUSE_SERVER__LISTEN", "127.0.0.1:2");
    assert_eq!(listen(&[variable], &[]), 2);
    assert_eq!(listen(&[variable], &[("server.listen", "127.0.0.1:3")]), 3);
    let config = instance.load(&[variable], &[]).unwrap();
    assert_eq!(config.server.session_hours, 1);
    assert_eq!(config.log.format, LogFormat::Json);
}

#[test]
fn the_environment_holds_numbers_lists_and_switches_too() {
    let config = Instance::new("")
        .load(
            &[
                ("INHOUSE_SERVER__SESSION_HOURS", "8"),
                ("INHOUSE_SERVER__TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1"),
                ("INHOUSE_JIRA__LABELS", "[\"legal\"]"),
                ("INHOUSE_JIRA__INCLUDE_QUESTION", "true"),
                ("INHOUSE_QDRANT__API_KEY", "12345"),
                ("INHOUSE_INFERENCE__TASKS__ANSWER__TEMPERATURE", "0.3"),
                ("INHOUSE_TEST_POSTGRES_URL", "is no setting"),
                ("HOME", "/nowhere"),
            ],
            &[],
        )
        .unwrap();
    assert_eq!(config.server.session_hours, 8);
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert_eq!(config.jira.labels, ["legal"]);
    assert!(config.jira.include_question);
    assert_eq!(config.qdrant.api_key.unwrap().expose(), "12345");
    assert!((config.inference.tasks.answer.temperature - 0.3).abs() < 1e-6);
}

#[test]
fn a_provider_and_a_directory_are_read_with_their_rules() {
    let config = Instance::new(
        "[oidc]\nissuer = 'http://127.0.0.1:3000'\nclient_id = 'a'\n\
         roles = [{ value = 'admins', role = 'admin' }]\n\
         [ldap]\nurl = 'ldap://d.example.com'\nbase = 'o=x'\nbind_dn = 'cn=s'\n\
         bind_password = 'hunter2'",
    )
    .load(
        &[(
            "INHOUSE_OIDC__GROUPS",
            "[{ value = 'c', group = 'Contracts' }]",
        )],
        &[],
    )
    .unwrap();
    assert_eq!(config.oidc.roles[0].role, inhouse_protocol::Role::Admin);
    assert_eq!(config.oidc.groups[0].group, "Contracts");
    assert_eq!(config.ldap.tls, LdapTls::Starttls);
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn watched_folders_are_read_one_after_the_other() {
    let instance = Instance::new(
        "[[ingest.watch]]\nfolder = 'inbox'\nset = 'Policies'\n\
         [[ingest.watch]]\nfolder = '/srv/contracts'\nset = 'Contracts'\nevery_s = 5",
    );
    let config = instance.load(&[], &[]).unwrap();
    let [inbox, contracts] = &config.ingest.watch[..] else {
        panic!("{:?}", config.ingest.watch);
    };
    assert_eq!((inbox.root().as_str(), inbox.every_s), ("inbox", 30));
    assert_eq!(config.watched_path(inbox), instance.0.path().join("inbox"));
    assert_eq!(contracts.every_s, 5);
    assert_eq!(
        config.watched_path(contracts),
        PathBuf::from("/srv/contracts")
    );
    let twice = "{ folder = 'a', set = 'S' }, { folder = 'a', set = 'T' }";
    let twice = Instance::new(&format!("[ingest]\nwatch = [{twice}]"));
    assert!(twice.load(&[], &[]).unwrap_err().contains("twice"));
}

#[test]
fn a_log_that_is_kept_too_short_is_refused_with_the_article() {
    let wrong = Instance::new("[retention]\nlog_days = 182")
        .load(&[], &[])
        .unwrap_err();
    assert!(wrong.contains("26(6)"), "{wrong}");
    for enough in ["183", "0"] {
        let toml = format!("[retention]\nlog_days = {enough}");
        assert!(Instance::new(&toml).load(&[], &[]).is_ok(), "{enough}");
    }
}

#[test]
fn an_unknown_setting_stops_the_start_with_its_name_and_place() {
    let wrong = Instance::new("[server]\nlissten = 'x'")
        .load(&[], &[])
        .unwrap_err();
    assert!(
        wrong.contains("server.lissten") && wrong.contains("inhouse.toml"),
        "{wrong}"
    );
    assert!(wrong.contains("`listen`"), "{wrong}");
    let wrong = Instance::new("[servr]").load(&[], &[]).unwrap_err();
    assert!(wrong.contains("servr"), "{wrong}");
    let wrong = Instance::new("")
        .load(&[("INHOUSE_SERVR__LISTEN", "x")], &[])
        .unwrap_err();
    assert!(
        wrong.contains("servr.listen") && wrong.contains("INHOUSE_SERVR__LISTEN"),
        "{wrong}"
    );
    let wrong = Instance::new("")
        .load(&[], &[("server.lissten", "x")])
        .unwrap_err();
    assert!(wrong.contains("--server.lissten"), "{wrong}");
}

#[test]
fn an_invalid_value_stops_the_start_with_its_name_and_place() {
    for (toml, name) in [
        ("[server]\nlisten = 'everywhere'", "server.listen"),
        ("[server]\npublic_url = 'ftp://x'", "server.public_url"),
        (
            "[server]\ntrusted_proxies = ['x']",
            "server.trusted_proxies",
        ),
        ("[server]\nsession_hours = 0", "server.session_hours"),
        ("[log]\nformat = 'xml'", "log.format"),
        ("[log]\nlevel = 'a=b=c'", "log.level"),
        ("[database]\nurl = 'mysql://x'", "database.url"),
        ("[rules]\npath = 'missing.toml'", "rules.path"),
        ("[rules]\ndepartments = ['sports']", "rules.departments"),
        ("[rules]\ndepartments = ['hr', 'hr']", "rules.departments"),
        (
            "[inference]\nprofiles = [{ name = 'answer' }]",
            "inference.profiles",
        ),
        (
            "[inference]\nprofiles = [{ name = 'long', max_tokens = 0 }]",
            "inference.profiles",
        ),
        (
            "[inference]\nengine = 'openai'",
            "inference.endpoint.base_url",
        ),
        ("[ingest]\nworkers = 0", "ingest.workers"),
        ("[ingest]\nocr_dpi = 10", "ingest.ocr_dpi"),
        ("[ingest]\nocr_languages = ['eng']", "ingest.ocr_languages"),
        ("[ingest]\nocr_languages = []", "ingest.ocr_languages"),
        (
            "[[ingest.watch]]\nfolder = 'inbox'\nset = ''",
            "ingest.watch",
        ),
        (
            "[[ingest.watch]]\nfolder = '.'\nset = 'Policies'",
            "ingest.watch",
        ),
        (
            "[[ingest.watch]]\nfolder = 'inbox'\nset = 'Policies'\nevery_s = 0",
            "ingest.watch",
        ),
        ("[jira]\nbase_url = 'https://j.example.com'", "jira.project"),
        (
            "[jira]\nbase_url = 'https://j.example.com'\nproject = 'LEGAL'",
            "jira.token",
        ),
        ("[sign_in]\nlocal = false", "sign_in.local"),
        (
            "[sign_in]\ntotp_required = ['boss']",
            "sign_in.totp_required",
        ),
        ("[oidc]\nissuer = 'https://i.example.com'", "oidc.client_id"),
        (
            "[oidc]\nissuer = 'http://i.example.com'\nclient_id = 'a'",
            "oidc.issuer",
        ),
        (
            "[oidc]\nissuer = 'https://i.example.com/?a=b'\nclient_id = 'a'",
            "oidc.issuer",
        ),
        (
            "[oidc]\nissuer = 'https://i.example.com'\nclient_id = 'a'\nscopes = ['email']",
            "oidc.scopes",
        ),
        (
            "[oidc]\nissuer = 'https://i.example.com'\nclient_id = 'a'\nonly_mapped = true",
            "oidc.only_mapped",
        ),
        (
            "[oidc]\nroles = [{ value = 'a', role = 'boss' }]",
            "oidc.roles",
        ),
        (
            "[ldap]\nurl = 'ldap://d.example.com'\nbase = 'o=x'\ntls = 'plain'",
            "ldap.tls",
        ),
        ("[ldap]\nurl = 'ldaps://d.example.com'", "ldap.base"),
        (
            "[ldap]\nurl = 'ldaps://d.example.com'\nbase = 'o=x'\nuser_filter = '(uid=*)'",
            "ldap.user_filter",
        ),
        (
            "[ldap]\nurl = 'ldaps://d.example.com'\nbase = 'o=x'\nbind_dn = 'cn=s'",
            "ldap.bind_password",
        ),
        (
            "[ldap]\nurl = 'ldaps://d.example.com'\nbase = 'o=x'\nca_file = 'missing.pem'",
            "ldap.ca_file",
        ),
        ("[answers]\nmode = 'guesses'", "answers.mode"),
        (
            "[answers]\nhighest_wrong_rate = 1.6",
            "answers.highest_wrong_rate",
        ),
        ("[answers]\nquotes = 0", "answers.quotes"),
        (
            "[record]\ncheckpoint_minutes = 0",
            "record.checkpoint_minutes",
        ),
        ("[record]\nsyslog = 'logs.example.com'", "record.syslog"),
        ("[retention]\nlog_days = 90", "retention.log_days"),
        (
            "[jira]\nbase_url = 'https://j.example.com'\nproject = 'LEGAL'\ntoken = 't'\nlabels = ['a b']",
            "jira.labels",
        ),
        (
            "[jira]\nbase_url = 'https://j.example.com'\nproject = 'LEGAL'\ntoken = 't'\ndeployment = 'cloud'",
            "jira.email",
        ),
    ] {
        let wrong = Instance::new(toml).load(&[], &[]).unwrap_err();
        assert!(wrong.contains(name), "{toml}: {wrong}");
    }
    let wrong = Instance::new("[server]\nsession_hours = 0")
        .load(&[], &[])
        .unwrap_err();
    assert!(wrong.contains("inhouse.toml"), "{wrong}");
    let wrong = Instance::new("[server").load(&[], &[]).unwrap_err();
    assert!(
        wrong.contains("not valid TOML") && wrong.contains("line 1"),
        "{wrong}"
    );
}

#[test]
fn a_secret_can_stand_in_a_file_of_its_own_but_not_in_both() {
    let instance = Instance::new("[qdrant]\napi_key_file = 'key'");
    let missing = instance.load(&[], &[]).unwrap_err();
    assert!(missing.contains("qdrant.api_key_file"), "{missing}");
    std::fs::write(instance.0.path().join("key"), "s3cret\n").unwrap();
    let config = instance.load(&[], &[]).unwrap();
    assert_eq!(config.qdrant.api_key.unwrap().expose(), "s3cret");
    let both = instance
        .load(&[("INHOUSE_QDRANT__API_KEY", "other")], &[])
        .unwrap_err();
    assert!(
        both.contains("remove one") && !both.contains("other"),
        "{both}"
    );
}

#[test]
fn neither_debug_nor_an_error_shows_a_secret() {
    let instance = Instance::new(
        "[database]\nurl = 'postgres://u:hunter2@h/d'\n[jira]\ntoken = 'hunter2'\n[qdrant]\napi_key = 'hunter2'\n[inference.endpoint]\napi_key = 'hunter2'",
    );
    assert!(!format!("{:?}", instance.load(&[], &[]).unwrap()).contains("hunter2"));
    let wrong = Instance::new("[database]\nurl = 'hunter2'")
        .load(&[], &[])
        .unwrap_err();
    assert!(!wrong.contains("hunter2"), "{wrong}");
    let wrong = Instance::new("[jira]\ntoken = 12345")
        .load(&[], &[])
        .unwrap_err();
    assert!(!wrong.contains("12345"), "{wrong}");
}

#[test]
fn without_a_file_the_instance_stands_on_its_defaults() {
    let dir = tempfile::tempdir().unwrap();
    let overrides = Overrides {
        data: Some(dir.path().join("new")),
        ..Overrides::default()
    };
    let config = Config::load_with(&overrides, []).unwrap();
    assert_eq!(config.file, None);
    assert_eq!(
        config.database_url(),
        format!("sqlite://{}/new/inhouse.db", dir.path().display())
    );
    assert_eq!(config.rules_path(), None);
    assert_eq!(config.link("/desk/1"), "http://127.0.0.1:8080/desk/1");
    config.prepare_folders().unwrap();
    let mode = |dir: PathBuf| std::fs::metadata(dir).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(config.secrets_dir()), 0o700);
    assert_eq!(mode(config.data.clone()), 0o700);
}

#[test]
fn a_named_file_that_is_missing_stops_the_start() {
    let overrides = Overrides {
        config: Some("nowhere.toml".into()),
        ..Overrides::default()
    };
    let wrong = Config::load_with(&overrides, []).unwrap_err().to_string();
    assert!(wrong.contains("nowhere.toml"), "{wrong}");
}
