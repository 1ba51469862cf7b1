//! Filters out of templates: what is put into them is escaped (RFC 4515, section 3).

use ldap3::ldap_escape;

/// The filter that finds who typed `login`.
pub(super) fn of_login(template: &str, login: &str) -> String {
    template.replace("{login}", &ldap_escape(login))
}

/// The filter that finds the groups of any of `members`, given as DNs.
pub(super) fn of_members(template: &str, members: &[String]) -> String {
    let each = |dn: &String| template.replace("{dn}", &ldap_escape(dn.as_str()));
    let all: String = members.iter().map(each).collect();
    match members {
        [_] => all,
        _ => format!("(|{all})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "(&(objectClass=person)(|(mail={login})(uid={login})))";

    #[test]
    fn what_was_typed_stays_a_value() {
        for (typed, escaped) in [
            ("*", r"\2a"),
            ("ada)(uid=*", r"ada\29\28uid=\2a"),
            ("*)(|(objectClass=*", r"\2a\29\28|\28objectClass=\2a"),
            ("a\\b", r"a\5cb"),
            ("a\0b", r"a\00b"),
            ("{dn}{login}", "{dn}{login}"),
            ("Ärzte", "Ärzte"),
        ] {
            let filter = of_login(TEMPLATE, typed);
            let expected = TEMPLATE.replace("{login}", escaped);
            assert_eq!(filter, expected, "{typed:?}");
            assert!(ldap3::parse_filter(&filter).is_ok(), "{typed:?}");
        }
    }

    #[test]
    fn a_group_with_brackets_in_its_name_stays_one_group() {
        let members = [
            "cn=Legal (EU),dc=example".to_owned(),
            "cn=*,dc=example".to_owned(),
        ];
        let filter = of_members("(member={dn})", &members);
        assert_eq!(
            filter,
            r"(|(member=cn=Legal \28EU\29,dc=example)(member=cn=\2a,dc=example))"
        );
        assert!(ldap3::parse_filter(&filter).is_ok());
        assert_eq!(
            of_members("(member={dn})", &members[1..]),
            r"(member=cn=\2a,dc=example)"
        );
    }
}
