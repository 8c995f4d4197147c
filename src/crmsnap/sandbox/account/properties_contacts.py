"""The properties of contacts: 150 that can be read, beside sensitive and archived ones.

Of the readable ones about 60 are set in an average contact, as in an account that is really used.
"""

from crmsnap.sandbox.account.property import Property, parse

CONTACT_INFORMATION = parse(
    "contactinformation",
    """
    firstname                           string/text            first                     97
    lastname                            string/text            last                      95
    email                               string/text            derived:email             97 unique
    phone                               string/phonenumber     phone                     70 tracked
    mobilephone                         string/phonenumber     phone                     25
    jobtitle                            string/text            title                     75 tracked
    company                             string/text            company                   85
    website                             string/text            url                       60
    address                             string/text            address                   55
    city                                string/text            city                      70
    state                               string/text            state                     45
    zip                                 string/text            int:1000..99999           50
    country                             string/text            country                   80
    salutation                          string/text            enum:Mr.,Ms.,Dr.,Prof.    20
    date_of_birth                       string/text            day                        8
    degree                              string/text            enum:BSc,MSc,PhD           4
    field_of_study                      string/text            title                      2
    gender                              string/text            enum:f,m,x                 6
    industry                            string/text            enum:SOFTWARE,RETAIL,FOOD 35
    job_function                        string/text            title                     12
    marital_status                      string/text            enum:married,single        2
    military_status                     string/text            sentence                   0
    school                              string/text            company                    4
    seniority                           string/text            enum:junior,senior,lead   18
    start_date                          string/text            day                        5
    work_email                          string/text            mail                      10
    hs_additional_emails                enumeration/checkbox   derived:additional_emails 11
    fax                                 string/phonenumber     phone                      6
    numemployees                        enumeration/select     enum:1-5,5-25,25-50,1000+ 30
    annualrevenue                       string/text            int:10000..90000000       22
    message                             string/textarea        paragraph                 30
    photo                               string/text            url                        3
    hs_timezone                         enumeration/select     enum:europe_slash_dublin,asia_slash_tokyo 30
    hs_language                         enumeration/select     enum:en,de,fr-ca,ja,pt-br 30
    hs_persona                          enumeration/radio      enum:persona_1,persona_2  20
    hs_buying_role                      enumeration/checkbox   many:BLOCKER,BUDGET_HOLDER,CHAMPION,END_USER 15
    hs_role                             enumeration/select     enum:sales,marketing,it   12
    hs_seniority                        enumeration/select     enum:vp,director,employee 12
    hs_linkedin_url                     string/text            url                       30
    hs_country_region_code              string/text            enum:IE,DE,JP,BR,US       60
    hs_state_code                       string/text            state                     25
    hs_whatsapp_phone_number            string/phonenumber     phone                      5
    hs_email_domain                     string/text            domain                    60
    hs_searchable_calculated_phone_number string/calculation_equation phone              50 calculated hidden
    hs_full_name_or_email               string/calculation_equation derived:full_name    97 calculated hidden
""",
)

LIFECYCLE = parse(
    "sales_properties",
    """
    lifecyclestage                      enumeration/radio      enum:subscriber,lead,marketingqualifiedlead,opportunity,customer 96 tracked
    hs_lead_status                      enumeration/radio      enum:NEW,OPEN,IN_PROGRESS,CONNECTED,BAD_TIMING 45 tracked
    hubspot_owner_id                    enumeration/select     owner                     72 tracked ref=OWNER
    hubspot_owner_assigneddate          datetime/date          iso                       72
    hubspot_team_id                     enumeration/select     team                      60
    hs_all_owner_ids                    enumeration/checkbox   owners                    72 hidden
    hs_all_team_ids                     enumeration/checkbox   team                      30 hidden
    hs_user_ids_of_all_owners           enumeration/checkbox   user                      30 hidden
    hs_pipeline                         enumeration/select     enum:contacts-lifecycle-pipeline 70 hidden
    hs_lifecyclestage_subscriber_date   datetime/date          iso                       20
    hs_lifecyclestage_lead_date         datetime/date          iso                       30
    hs_lifecyclestage_marketingqualifiedlead_date datetime/date iso                      18
    hs_lifecyclestage_customer_date     datetime/date          iso                       14
    hs_v2_date_entered_lead             datetime/calculation_read_time iso               30 calculated
    hs_v2_date_exited_lead              datetime/calculation_read_time iso               22 calculated
    hs_v2_cumulative_time_in_lead       number/calculation_read_time int:0..9000000000   22 calculated
    closedate                           datetime/date          iso                       14
    days_to_close                       number/calculation_equation int:0..900           14 calculated
    hs_is_unworked                      bool/calculation_equation bool                   97 calculated
    hs_is_contact                       bool/calculation_equation enum:true              97 calculated
    hs_count_is_unworked                number/calculation_equation int:0..1             70 calculated
    num_contacted_notes                 number/number          int:0..40                 50
    num_notes                           number/number          int:0..60                 50
    notes_last_contacted                datetime/date          iso                       44
    notes_last_updated                  datetime/date          iso                       50
    notes_next_activity_date            datetime/date          iso                       10
    num_associated_deals                number/number          int:1..6                  28
    recent_deal_amount                  number/number          decimal:10..90000         20
    recent_deal_close_date              datetime/date          iso                       20
    first_deal_created_date             datetime/date          iso                       28
    total_revenue                       number/number          decimal:10..900000        16
    hs_sales_email_last_opened          datetime/date          iso                       18
    hs_sales_email_last_replied         datetime/date          iso                       12
    hs_sequences_is_enrolled            bool/booleancheckbox   bool                      12
    hs_sequences_enrolled_count         number/number          int:0..5                  12
    hs_last_sales_activity_timestamp    datetime/date          iso                       30
    hs_latest_meeting_activity          datetime/date          iso                       12
    hs_time_to_first_engagement         number/number          int:1000..900000000       30
    hs_predictivecontactscore_v2        number/number          decimal:0..99             30
    hs_predictivescoringtier            enumeration/select     enum:tier_1,tier_2,tier_3 30
    hubspotscore                        number/calculation_score int:0..100              60 calculated
""",
)

WEB_AND_MAIL = parse(
    "analyticsinformation",
    """
    hs_analytics_source                 enumeration/select     enum:ORGANIC_SEARCH,PAID_SOCIAL,DIRECT_TRAFFIC,OFFLINE 97
    hs_analytics_source_data_1          string/text            enum:google,IMPORT,linkedin 60
    hs_analytics_source_data_2          string/text            sentence                  30
    hs_latest_source                    enumeration/select     enum:ORGANIC_SEARCH,EMAIL_MARKETING,OFFLINE 70
    hs_latest_source_timestamp          datetime/date          iso                       70
    hs_latest_source_data_1             string/text            enum:google,IMPORT        70
    hs_analytics_num_visits             number/number          int:0..90                 70
    hs_analytics_num_page_views         number/number          int:0..900                97
    hs_analytics_num_event_completions  number/number          int:0..12                 70
    hs_analytics_average_page_views     number/number          int:0..20                 70
    hs_analytics_revenue                number/number          decimal:0..5000           70
    hs_analytics_first_url              string/text            url                       40
    hs_analytics_last_url               string/text            url                       40
    hs_analytics_first_referrer         string/text            url                       22
    hs_analytics_first_timestamp        datetime/date          iso                       60
    hs_analytics_last_timestamp         datetime/date          iso                       40
    hs_analytics_first_visit_timestamp  datetime/date          iso                       40
    hs_analytics_last_visit_timestamp   datetime/date          iso                       35
    first_conversion_date               datetime/date          iso                       35
    first_conversion_event_name         string/text            product                   35
    recent_conversion_date              datetime/date          iso                       35
    recent_conversion_event_name        string/text            product                   35
    num_conversion_events               number/number          int:0..9                  70
    num_unique_conversion_events        number/number          int:0..9                  70
    hs_email_optout                     bool/booleancheckbox   bool                      30
    hs_email_bounce                     number/number          int:0..4                   8
    hs_email_open                       number/number          int:0..200                40
    hs_email_click                      number/number          int:0..60                 30
    hs_email_delivered                  number/number          int:1..300                45
    hs_email_last_send_date             datetime/date          iso                       45
    hs_email_last_open_date             datetime/date          iso                       40
    hs_email_last_click_date            datetime/date          iso                       30
    hs_email_first_send_date            datetime/date          iso                       45
    hs_email_last_email_name            string/text            product                   45
    hs_email_sends_since_last_engagement number/number         int:0..30                 45
    hs_email_quarantined                bool/booleancheckbox   bool                       5
    hs_email_bad_address                bool/booleancheckbox   bool                       6
    hs_email_hard_bounce_reason_enum    enumeration/select     enum:OTHER,UNKNOWN_USER    4
    hs_emailconfirmationstatus          enumeration/select     enum:Confirmed,Pending     3
""",
)

SYSTEM = parse(
    "contactinformation",
    """
    hs_object_id                        number/number          derived:id               100 unique
    createdate                          datetime/date          derived:created          100
    lastmodifieddate                    datetime/date          derived:updated          100
    hs_merged_object_ids                enumeration/checkbox   derived:merged_ids         1
    hs_calculated_merged_vids           enumeration/text       derived:merged_vids        1 calculated
    hs_created_by_user_id               number/number          user                      30
    hs_updated_by_user_id               number/number          user                      70
    hs_object_source                    enumeration/select     enum:FORM,IMPORT,CRM_UI,INTEGRATION 97
    hs_object_source_id                 string/text            guid                      70
    hs_object_source_label              enumeration/select     enum:FORM,IMPORT,CRM_UI,INTEGRATION 97
    hs_marketable_status                enumeration/booleancheckbox bool                 97
    hs_marketable_reason_id             string/text            guid                      30
    hs_marketable_until_renewal         enumeration/booleancheckbox bool                 70
    hs_legal_basis                      enumeration/checkbox   many:Legitimate_interest,Performance_of_a_contract 7
    hs_was_imported                     bool/booleancheckbox   bool                      25
    hs_registered_member                number/number          int:0..1                   4
    hs_recurring_billing_end_date       datetime/date          epoch                     20
    hs_journey_data                     string/textarea        json                       6
""",
)

CUSTOM = parse(
    "our_own_fields",
    """
    last_survey_comment                 string/textarea        in_turn:texts             97 custom
    customer_reference                  number/number          in_turn:numbers           97 custom
    odd_date                            datetime/date          in_turn:times             97 custom
    membership_status                   enumeration/select     in_turn:membership        80 custom tracked
    favourite_colour__c_                string/text            colour                    40 custom
    renewal_probability                 number/number          decimal:0..1              25 custom
    contract_signed_on                  date/date              day                       20 custom
""",
)

HIDDEN = parse(
    "sensitive_fields",
    """
    health_insurance_number             string/text            secret                    60 custom highly_sensitive
    diagnosis_notes                     string/textarea        secret                    20 custom highly_sensitive
    national_id                         string/text            secret                    60 custom sensitive tracked
    salary_expectation                  string/text            secret                    30 custom sensitive
    zone_of_treatment                   string/text            secret                    20 custom archived sensitive
    old_crm_score                       number/number          int:0..100                50 custom archived
    legacy_segment                      string/text            colour                    50 custom archived
""",
)

CONTACT_PROPERTIES: tuple[Property, ...] = (
    SYSTEM + CONTACT_INFORMATION + LIFECYCLE + WEB_AND_MAIL + CUSTOM + HIDDEN
)
