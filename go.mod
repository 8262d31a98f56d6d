module github.com/earshotdesk/earshot

go 1.26.8
